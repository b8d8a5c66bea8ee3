/* reallocarray: does <stdlib.h> offer reallocarray(3), safe from overflow? */
#include <stdlib.h>

int
main(void)
{
	void	*(*volatile resize)(void *, size_t, size_t) = reallocarray;
	void	*huge = resize(NULL, (size_t)-1 / 2, 4);

	free(huge);
	return huge != NULL;
}
