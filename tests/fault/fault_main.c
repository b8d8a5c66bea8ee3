/*
 * fault_main.c - a program of mda/, with something done before it begins.
 *
 * It closes what it finds open, and may fork before it makes the first call
 * of the table: then it would be too late to know who was there first.
 */
#include "tests/fault/fault_sys.h"

int program_main(int argc, char **argv);

#ifndef PROGRAM
#define PROGRAM "mda/main.c"
#endif

#define main program_main
#include PROGRAM
#undef main

int
main(int argc, char **argv)
{
	fault_start();
	record_start();
	return program_main(argc, argv);
}
