/* sync_file_range: can the system be told to begin writing a file? */
#include <fcntl.h>

int
main(void)
{
	int	(*volatile named)(int, off_t, off_t, unsigned int) =
		    sync_file_range;

	return named == 0 || SYNC_FILE_RANGE_WRITE == 0;
}
