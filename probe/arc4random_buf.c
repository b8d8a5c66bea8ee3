/* arc4random_buf: does <stdlib.h> offer arc4random_buf(3)? */
#include <stdlib.h>

int
main(void)
{
	void	(*volatile fill)(void *, size_t) = arc4random_buf;
	unsigned char bytes[16] = { 0 };
	unsigned int all = 0;
	size_t	i;

	fill(bytes, sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++)
		all |= bytes[i];
	return all == 0;
}
