/* iconv: do <iconv.h> and the libraries offer iconv(3)? */
#include <iconv.h>

int
main(void)
{
	iconv_t	(*volatile open)(const char *, const char *) = iconv_open;
	int	(*volatile close)(iconv_t) = iconv_close;

	return open == 0 || close == 0;
}
