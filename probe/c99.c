/* c99: does the compiler take C99 and make a program of it? */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct pair {
	int64_t	first;
	bool	second;
};

int
main(void)
{
	const struct pair pair = { .second = true };

	for (int i = 0; i < 1; i++)
		if (!pair.second || printf("%d\n", i) < 0)
			return 1;
	return 0;
}
