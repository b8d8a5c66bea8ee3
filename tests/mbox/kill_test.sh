# Deliveries into an mbox that are killed at every moment, and what the next
# ones make of that.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/mbox_box.sh"

# try_kill WHEN MESSAGE ... - before or after one call; the same message comes
# again, and then another one: then the box must hold these messages.
try_kill()
{
	case_name=$1
	cases=$((cases + 1))
	mbox_reset
	mbox_killed "$1"
	[ "$status" -eq 137 ] || mbox_bad "status $status"
	mbox_again
	[ "$status" -eq 0 ] || mbox_bad "again: status $status"
	[ ! -s err ] || mbox_bad 'again: says something'
	mbox_other
	[ "$status" -eq 0 ] || mbox_bad "other: status $status"
	[ ! -e box/mbox.lock ] || mbox_bad 'a lock file is left'
	shift
	mbox_keep "$start" "$@"
}

# When the journal says "delivered" all is done, and only an end so soon that
# the sender cannot hear of it makes a message more. Without a journal that
# goes for every end behind the append.
kill_matrix()
{
	mbox_scenario "$1"
	mbox_record
	done_number=$(mbox_number_of pwrite)
	[ -n "$done_number" ] || done_number=$(mbox_number_of write)
	while read -r number _ _; do
		if [ "$number" -le "$done_number" ]; then
			try_kill "$number:before" message other
		else
			try_kill "$number:before" message message other
		fi
		if [ "$number" -lt "$done_number" ]; then
			try_kill "$number:after" message other
		else
			try_kill "$number:after" message message other
		fi
	done <calls
	mbox_conclude "mbox_kill_$1"
}

atf_test_case existing__killed_at_each_call__one_whole_copy
existing__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
existing__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix existing
}

atf_test_case mboxo__killed_at_each_call__one_whole_copy
mboxo__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
mboxo__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix mboxo
}

atf_test_case mboxcl2__killed_at_each_call__one_whole_copy
mboxcl2__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
mboxcl2__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix mboxcl2
}

atf_test_case dotlock__killed_at_each_call__one_whole_copy
dotlock__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
dotlock__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix dotlock
}

atf_test_case fcntl__killed_at_each_call__one_whole_copy
fcntl__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
fcntl__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix fcntl
}

atf_test_case flock__killed_at_each_call__one_whole_copy
flock__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
flock__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix flock
}

atf_test_case all_locks__killed_at_each_call__one_whole_copy
all_locks__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
all_locks__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix all_locks
}

atf_test_case first__killed_at_each_call__one_whole_copy
first__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
first__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix first
}

atf_test_case new__killed_at_each_call__one_whole_copy
new__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
new__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix new
}

atf_test_case large__killed_at_each_call__one_whole_copy
large__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
large__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix large
}

atf_test_case new_large__killed_at_each_call__one_whole_copy
new_large__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
new_large__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix new_large
}

atf_test_case torn__killed_at_each_call__one_whole_copy
torn__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
torn__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix torn
}

atf_test_case witness__killed_at_each_call__one_whole_copy
witness__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
witness__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix witness
}

atf_test_case no_journal__killed_at_each_call__one_whole_copy
no_journal__killed_at_each_call__one_whole_copy_head()
{
	atf_set timeout 600
}
no_journal__killed_at_each_call__one_whole_copy_body()
{
	kill_matrix no_journal
}

# Nothing but the end of the program comes behind it.
atf_test_case journal__says_delivered__last_thing_of_all
journal__says_delivered__last_thing_of_all_body()
{
	mbox_scenario existing
	mbox_record
	sed -n '/ pwrite /,$p' calls | sed '1,/ fdatasync /d' >behind
	atf_check -o empty sed -e '1,/ pwrite /d' -e '/ close 0$/d' behind
}

atf_init_test_cases()
{
	atf_add_test_case existing__killed_at_each_call__one_whole_copy
	atf_add_test_case mboxo__killed_at_each_call__one_whole_copy
	atf_add_test_case mboxcl2__killed_at_each_call__one_whole_copy
	atf_add_test_case dotlock__killed_at_each_call__one_whole_copy
	atf_add_test_case fcntl__killed_at_each_call__one_whole_copy
	atf_add_test_case flock__killed_at_each_call__one_whole_copy
	atf_add_test_case all_locks__killed_at_each_call__one_whole_copy
	atf_add_test_case first__killed_at_each_call__one_whole_copy
	atf_add_test_case new__killed_at_each_call__one_whole_copy
	atf_add_test_case large__killed_at_each_call__one_whole_copy
	atf_add_test_case new_large__killed_at_each_call__one_whole_copy
	atf_add_test_case torn__killed_at_each_call__one_whole_copy
	atf_add_test_case witness__killed_at_each_call__one_whole_copy
	atf_add_test_case no_journal__killed_at_each_call__one_whole_copy
	atf_add_test_case journal__says_delivered__last_thing_of_all
}
