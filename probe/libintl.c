/* libintl: do <libintl.h> and the libraries offer gettext(3)? */
#include <libintl.h>

int
main(void)
{
	char	*(*volatile translate)(const char *) = gettext;
	char	*(*volatile bind)(const char *, const char *) = bindtextdomain;

	return translate == 0 || bind == 0;
}
