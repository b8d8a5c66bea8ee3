#include "compat/compat.h"

#if !HAVE_WCSWIDTH

int
compat_wcswidth(const wchar_t *text, size_t count)
{
	int columns = 0;

	while (count-- > 0 && *text++ != L'\0')
		columns++;
	return columns;
}

#else
/* ISO C wants something in every file. */
typedef int wcswidth_is_there;
#endif
