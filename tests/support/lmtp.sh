# Sourced by tests of mda-lmtp.

# lmtp_virtual - settings for virtual users with Maildirs box/NAME. Gives lmtp,
# the command, and client, words to put before it.
# shellcheck disable=SC2034
lmtp_virtual()
{
	mkdir box
	{
		echo 'account = fixed'
		echo "mailbox = maildir:$PWD/box/%n"
		echo 'return_path = never'
		echo 'delivered_to = never'
		echo 'log = none'
		echo "log_file = $PWD/log"
	} >settings
	lmtp="$BUILDDIR/mda/mda-lmtp -c settings"
	client="python3 $SRCDIR/tests/support/lmtp.py"
}
