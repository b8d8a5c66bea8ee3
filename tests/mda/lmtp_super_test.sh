# mda-lmtp, started for each connection by what listens on a socket. But for one
# of our own, those are no part of a usual machine: "make check-long" says which
# one is missing.

# What is sourced sets variables; $lmtp is several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/lmtp.sh"

# talk HOST PORT - two conversations at the same time, two messages in each.
talk()
{
	cat >talk.py <<-'END'
		import smtplib
		import sys

		TEXT = "Message-ID: <%d@example.org>\r\n\r\n.a line\r\n"
		host, port = sys.argv[1], int(sys.argv[2])
		clients = [smtplib.LMTP(host, port) for _ in range(2)]
		for number in range(4):
		    print(clients[number % 2].sendmail(
		        "ann@example.org", ["bo@x" if number > 1 else "al@x"],
		        TEXT % number))
		for client in clients:
		    print(client.quit()[0])
	END
	printf '%s\n' '{}' '{}' '{}' '{}' 221 221 >wanted
	atf_check -o file:wanted timeout 60 python3 talk.py "$1" "$2"
	expect_count 2 box/al/new
	expect_count 2 box/bo/new
	expect_count 0 box/al/tmp
}

start()
{
	lmtp_virtual
	make_box box/al
	make_box box/bo
}

# from_setup LINE - the line of mda-setup(7) that begins so. Gives line.
from_setup()
{
	line=$(grep "^$1" "$SRCDIR/man/mda-setup.7") ||
	    atf_fail "mda-setup(7) has no \"$1\""
}

free_port()
{
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# Here the port is another, and so are who runs it and its settings.
atf_test_case inetd__two_clients__all_delivered
inetd__two_clients__all_delivered_body()
{
	start
	from_setup '127.0.0.1:24 stream tcp'
	port=$(free_port)
	echo "$line" | sed "s/:24 /:$port /; s/ root / $(id -un) /
	    s,/usr/local/bin,$BUILDDIR/mda,; s,\$, -c $PWD/settings," \
	    >inetd.conf
	atf_check -o match:"mda/mda-lmtp mda-lmtp -c " cat inetd.conf
	inetd -i "$PWD/inetd.conf" 2>err &
	pid=$!
	wait_until python3 -c "import socket
socket.create_connection(('127.0.0.1', $port))"
	talk 127.0.0.1 "$port"
	kill "$pid"
	atf_check -o empty cat err
}

atf_test_case tcpserver__two_clients__all_delivered
tcpserver__two_clients__all_delivered_body()
{
	start
	from_setup 'tcpserver '
	words=${line#tcpserver }
	# Standard error is the log's, and must not be the client's.
	tcpserver -1 ${words%% *} 127.0.0.1 0 $lmtp >port 2>err &
	pid=$!
	wait_until test -s port
	talk 127.0.0.1 "$(cat port)"
	kill "$pid"
	atf_check -o empty cat err
}

atf_test_case systemd_socket_activate__two_clients__all_delivered
systemd_socket_activate__two_clients__all_delivered_body()
{
	start
	systemd-socket-activate --accept --inetd -l "$PWD/socket" $lmtp \
	    2>err &
	pid=$!
	wait_until test -S socket
	talk "$PWD/socket" 0
	kill "$pid"
}

atf_test_case listener__two_clients__all_delivered
listener__two_clients__all_delivered_body()
{
	start
	python3 "$SRCDIR/tests/support/mta_listen.py" "$PWD/socket" $lmtp \
	    2>err &
	pid=$!
	wait_until test -S socket
	talk "$PWD/socket" 0
	kill "$pid"
	atf_check -o empty cat err
}

# add_case NAME PROGRAM PACKAGE
add_case()
{
	if command -v "$2" >/dev/null; then
		:
	elif [ "${MDA_LONG-}" = yes ]; then
		eval "$1_body() { atf_skip 'no $2: install $3'; }"
	else
		return 0
	fi
	atf_add_test_case "$1"
}

atf_init_test_cases()
{
	atf_add_test_case listener__two_clients__all_delivered
	add_case inetd__two_clients__all_delivered inetd openbsd-inetd
	add_case tcpserver__two_clients__all_delivered tcpserver ucspi-tcp
	add_case systemd_socket_activate__two_clients__all_delivered \
	    systemd-socket-activate systemd
}
