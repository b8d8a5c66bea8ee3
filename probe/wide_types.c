/* wide_types: are off_t and time_t 64 bits wide? */
#include <sys/types.h>

#include <time.h>

/* An array of negative size stops the compiler: no run, so cross builds ask. */
int
main(void)
{
	static char offset[sizeof(off_t) >= 8 ? 1 : -1];
	static char seconds[sizeof(time_t) >= 8 ? 1 : -1];

	return offset[0] != seconds[0];
}
