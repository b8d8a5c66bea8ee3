/* cap_enter: does <sys/capsicum.h> offer cap_enter(2), as FreeBSD has it? */
#include <sys/types.h>
#include <sys/capsicum.h>

int
main(void)
{
	void	(*volatile named)(void) = (void (*)(void))cap_enter;

	return named == 0;
}
