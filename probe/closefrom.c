/* closefrom: does <unistd.h> or <stdlib.h> offer closefrom(3)? */
#include <stdlib.h>
#include <unistd.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))closefrom;

	return named == 0;
}
