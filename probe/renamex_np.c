/* renamex_np: does <stdio.h> offer renameatx_np(2), as macOS has it? */
#include <stdio.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))renameatx_np;

	return named == 0;
}
