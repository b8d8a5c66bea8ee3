#! /bin/sh
#
# platforms.sh SRCDIR - does no source ask for the name of a system, a C
# library or a processor?
#
# What a system can do is a question for probe/, and what must be told apart
# by name is hidden in compat/; tests may know what they watch. Says
# file:line for each name; status 1 if there is one.

cd "$1" || exit 2

systems='__linux|__linux__|linux|__gnu_linux__|__gnu_hurd__|__ANDROID__
__FreeBSD__|__FreeBSD_kernel__|__DragonFly__|__NetBSD__|__OpenBSD__|BSD
__APPLE__|__MACH__|TARGET_OS_[A-Z]*|__sun|__sun__|sun|__svr4__|__SVR4|__illumos__
_AIX|__hpux|__HAIKU__|__CYGWIN__|_WIN32|__unix|__unix__|unix'
libraries='__GLIBC__|__GLIBC_MINOR__|__GLIBC_PREREQ|__GNU_LIBRARY__|__UCLIBC__|__BIONIC__'
processors='__x86_64__|__amd64__|__i386__|__aarch64__|__arm__|__ARM[A-Z_]*
__riscv[a-z_]*|__powerpc[a-z0-9_]*|__PPC[0-9_]*|__s390x?__|__mips[a-z0-9_]*|__sparc[a-z0-9_]*
__m68k__|__alpha__|__hppa__|__loongarch[a-z0-9_]*|_?_LP64|__LP64__|__ILP32__
__BYTE_ORDER(__)?|BYTE_ORDER|__(LITTLE|BIG)_ENDIAN(__)?'
names=$(printf '%s|%s|%s' "$systems" "$libraries" "$processors" | tr '\n' '|')

status=0
for folder in base durable message account maildir mbox mime sieve filter lmtp \
    mda; do
	# A condition may go on for several lines.
	awk -v names="(^|[^A-Za-z0-9_])($names)([^A-Za-z0-9_]|\$)" '
	/^[ \t]*#[ \t]*(if|elif)/ || goes_on {
		if ($0 ~ names) {
			printf "%s:%d: asks for a name: %s\n", FILENAME, FNR, $0
			bad = 1
		}
		goes_on = /\\$/
	}
	END { exit bad }' "$folder"/*.[ch] || status=1
	! grep -n '[^a-z_]uname(' "$folder"/*.[ch] || status=1
done
exit "$status"
