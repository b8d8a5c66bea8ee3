# The manuals are free of everything that mandoc(1) can complain about.

atf_test_case pages__mandoc_lint__silent
pages__mandoc_lint__silent_head()
{
	atf_set require.progs mandoc
}
pages__mandoc_lint__silent_body()
{
	# From their own folder: there the pages find each other.
	cd "$SRCDIR/man" || atf_fail "no $SRCDIR/man"
	for page in *.[1-9]; do
		atf_check -o empty -e empty mandoc -Tlint -Wstyle "$page"
	done
}

atf_test_case pages__in_makefile__all_installed
pages__in_makefile__all_installed_body()
{
	sed -n '/^MAN =/,/[^\\]$/p' "$SRCDIR/Makefile.in" >listed
	for page in "$SRCDIR"/man/*.[1-9]; do
		atf_check -o ignore grep -q "man/${page##*/}" listed
	done
}

atf_init_test_cases()
{
	atf_add_test_case pages__mandoc_lint__silent
	atf_add_test_case pages__in_makefile__all_installed
}
