#! /bin/sh
#
# roots.sh SRCDIR LAYER ... - fetch the layers that tests/mta/layers lists,
# and put them into ./mta. Nothing is installed on this machine; a layer
# that is there, with the same packages, stays as it is.

set -u
srcdir=$1
shift
# shellcheck source=tests/support/throwaway.sh
. "$srcdir/tests/support/throwaway.sh"
roots=$PWD/mta
# shellcheck disable=SC1091 # the system's
release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")

die()
{
	echo "check-mta: $*" >&2
	exit 1
}

packages_of()
{
	sed -n "s/^$1 //p" "$srcdir/tests/mta/layers"
}

# quietly COMMAND ... - what it says is shown when it fails.
quietly()
{
	"$@" >"$roots/log" 2>&1 </dev/null && return 0
	tail -n 40 "$roots/log" >&2
	die "failed: $*"
}

# is_made LAYER - of this release, with these packages.
is_made()
{
	[ -f "$roots/$1.made" ] &&
	    [ "$(cat "$roots/$1.made")" = "$release $(packages_of "$1")" ]
}

# mirror - where this machine has its own packages from.
mirror()
{
	# shellcheck disable=SC2016 # for apt-get
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
	    'Created-By: Packages' | sed -n "s/^$release //p" | head -n 1
}

# Debian's own tool, the machine's or one in our folder. Gives debootstrap.
find_debootstrap()
{
	debootstrap=debootstrap
	! command -v debootstrap >/dev/null 2>&1 || return 0
	mkdir -p "$roots/tool"
	(cd "$roots/tool" && apt-get download debootstrap &&
	    dpkg-deb -x debootstrap_*.deb .) >"$roots/log" 2>&1 || {
		cat "$roots/log" >&2
		die 'cannot download debootstrap'
	}
	DEBOOTSTRAP_DIR=$roots/tool/usr/share/debootstrap
	export DEBOOTSTRAP_DIR
	debootstrap=$roots/tool/usr/sbin/debootstrap
	command -v wget >/dev/null 2>&1 ||
	    die 'please install wget, or debootstrap, which brings it'
}

# What apt-get is told here about proxies holds in there too; it keeps no
# caches. No service is started in there.
set_up_base()
{
	{
		apt-config dump Acquire | grep -i '::proxy'
		printf 'Dir::Cache::%spkgcache "";\n' '' src
	} >"$1/etc/apt/apt.conf.d/99here"
	cp -L /etc/resolv.conf "$1/etc/resolv.conf"
	printf '#! /bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod 755 "$1/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/here"
}

make_base()
{
	find_debootstrap
	include=$(packages_of base | tr ' ' ',')
	quietly "$debootstrap" --variant=minbase --include="$include" \
	    "$release" "$roots/base.new" "$(mirror)"
	set_up_base "$roots/base.new"
	throwaway_run "$roots/base.new" apt-get clean
	quietly throwaway_run "$roots/base.new" apt-get update
	mv "$roots/base.new" "$roots/base"
}

# In a name space of its own: see the end.
make_above()
{
	throwaway_mount "$roots/base" "$roots/$1.new" "$roots/work" \
	    "$roots/merged" || die 'cannot mount an overlay here'
	# shellcheck disable=SC2046 # one word for each package
	quietly throwaway_run "$roots/merged" apt-get install -y \
	    --no-install-recommends $(packages_of "$1")
	throwaway_run "$roots/merged" apt-get clean
}

make_layer()
{
	echo "fetching $1: $(packages_of "$1")"
	rm -rf "${roots:?}/$1" "${roots:?}/$1.new" "$roots/$1.made" \
	    "$roots/work"
	if [ "$1" = base ]; then
		rm -f "$roots"/*.made
		make_base
	else
		unshare -m -p -f --kill-child sh "$0" "$srcdir" --inside "$1" &&
		    mv "$roots/$1.new" "$roots/$1" || exit 1
		rm -rf "$roots/work"
	fi
	echo "$release $(packages_of "$1")" >"$roots/$1.made"
}

if [ "$1" = --inside ]; then
	make_above "$2"
	exit
fi
mkdir -p "$roots" || exit 1
for layer do
	is_made "$layer" || make_layer "$layer"
done
