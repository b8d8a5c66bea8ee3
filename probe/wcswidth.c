/* Does wcswidth(3), of the X/Open part of POSIX, say how wide a text is? */
#include <wchar.h>

int
main(void)
{
	return wcswidth(L"ab", 2) == 2 ? 0 : 1;
}
