# Installed pages name the files of this installation, and no others.

atf_test_case pages__installed__paths_as_configured
pages__installed__paths_as_configured_head()
{
	atf_set require.user '' # who has built here
	atf_set require.progs make
}
pages__installed__paths_as_configured_body()
{
	root=$PWD/root
	atf_check -o ignore -e ignore make -C "$BUILDDIR" install \
	    DESTDIR="$root" sysconfdir=/else/etc bindir=/else/bin \
	    mandir=/else/man unitdir=/else/units
	for page in man1/mda.1 man5/mda.conf.5 man7/mda-delivery.7 \
	    man8/mda-lmtp.8
	do
		atf_check -o match:'^-rw-r--r-- ' ls -l "root/else/man/$page"
		atf_check -s exit:1 grep '/usr/local/etc/mda' \
		    "root/else/man/$page"
	done
	atf_check -o match:'/else/etc/mda\.conf' \
	    cat root/else/man/man5/mda.conf.5
	atf_check -o match:'/else/bin/mda' cat root/else/man/man1/mda.1
	atf_check -o match:'^ExecStart=/else/bin/mda-lmtp$' \
	    cat 'root/else/units/mda-lmtp@.service'
	atf_check -o match:'^ListenStream=/' \
	    cat root/else/units/mda-lmtp.socket
	atf_check -o ignore -e ignore make -C "$BUILDDIR" uninstall \
	    DESTDIR="$root" sysconfdir=/else/etc bindir=/else/bin \
	    mandir=/else/man unitdir=/else/units
	atf_check find root ! -type d
}

atf_init_test_cases()
{
	atf_add_test_case pages__installed__paths_as_configured
}
