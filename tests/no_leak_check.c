/*
 * no_leak_check.c - linked to libatf's programs when addresses are checked.
 *
 * libatf leaks, and would be blamed for it. In the environment the same
 * option would reach mda too, whose leaks we want to hear about.
 */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
