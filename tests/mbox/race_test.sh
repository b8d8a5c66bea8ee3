# Eight deliverers, programs that append in their own way, and readers that
# take everything out: nothing is lost, nothing doubled, everything whole.
# MDA_LONG=yes makes more messages of it.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

many=$(short_or_long 100 200)

# race LOCKS MESSAGES READER FOREIGN
race()
{
	mkdir race
	atf_check -o save:result -x "cd race &&
		python3 $SRCDIR/tests/support/mbox_race.py $*"
	tail -n 1 result
	atf_check -o match:', 0 lost, 0 doubled, 0 broken$' tail -n 1 result
	atf_check -o empty find race -name '*.lock' -o -name '.lk.*'
	rm -rf race
}

needs()
{
	atf_set require.progs "$1"
}

# all_readers LOCKS
all_readers()
{
	case $1 in
	*flock)	built_with FLOCK ;;
	esac
	for reader in none rename truncate remove; do
		race "$1" "$many" "$reader" python,python
	done
}

atf_test_case dotlock__all_readers__nothing_lost
dotlock__all_readers__nothing_lost_body()
{
	all_readers dotlock
}

atf_test_case fcntl__all_readers__nothing_lost
fcntl__all_readers__nothing_lost_body()
{
	all_readers fcntl
}

atf_test_case flock__all_readers__nothing_lost
flock__all_readers__nothing_lost_body()
{
	all_readers flock
}

atf_test_case dotlock_and_fcntl__all_readers__nothing_lost
dotlock_and_fcntl__all_readers__nothing_lost_body()
{
	all_readers dotlock,fcntl
}

atf_test_case all_locks__all_readers__nothing_lost
all_locks__all_readers__nothing_lost_body()
{
	all_readers dotlock,fcntl,flock
}

atf_test_case python_mailbox__reads__nothing_lost
python_mailbox__reads__nothing_lost_body()
{
	race dotlock,fcntl "$many" module python,python
}

atf_test_case movemail__reads__nothing_lost
movemail__reads__nothing_lost_head()
{
	needs movemail
}
movemail__reads__nothing_lost_body()
{
	race dotlock,fcntl "$many" movemail python
}

atf_test_case mutt__reads__nothing_lost
mutt__reads__nothing_lost_head()
{
	needs mutt
}
mutt__reads__nothing_lost_body()
{
	race dotlock,fcntl "$many" mutt python,python
}

atf_test_case s_nail__reads_as_spool__nothing_lost
s_nail__reads_as_spool__nothing_lost_head()
{
	needs s-nail
}
s_nail__reads_as_spool__nothing_lost_body()
{
	race dotlock,fcntl "$many" s-nail python
}

# mixed LOCK SETS - those of our writers all have LOCK, in any place.
mixed()
{
	built_with FLOCK
	for reader in rename truncate remove; do
		race "$1+$2" "$many" "$reader" python
	done
}

atf_test_case sets_with_dotlock__mixed__nothing_lost
sets_with_dotlock__mixed__nothing_lost_body()
{
	mixed dotlock dotlock,fcntl+dotlock,flock+flock,fcntl,dotlock
}

atf_test_case sets_with_fcntl__mixed__nothing_lost
sets_with_fcntl__mixed__nothing_lost_body()
{
	mixed fcntl dotlock,fcntl+fcntl,flock+flock,fcntl,dotlock
}

atf_test_case sets_with_flock__mixed__nothing_lost
sets_with_flock__mixed__nothing_lost_body()
{
	mixed flock dotlock,flock+fcntl,flock+flock,fcntl,dotlock
}

atf_test_case procmail__appends__nothing_lost
procmail__appends__nothing_lost_head()
{
	needs procmail
}
procmail__appends__nothing_lost_body()
{
	race dotlock,fcntl "$(short_or_long 10 100)" truncate procmail
}

atf_test_case maildrop__appends__nothing_lost
maildrop__appends__nothing_lost_head()
{
	needs maildrop
}
maildrop__appends__nothing_lost_body()
{
	race dotlock,fcntl "$(short_or_long 10 100)" rename maildrop
}

atf_init_test_cases()
{
	atf_add_test_case dotlock__all_readers__nothing_lost
	atf_add_test_case fcntl__all_readers__nothing_lost
	atf_add_test_case flock__all_readers__nothing_lost
	atf_add_test_case dotlock_and_fcntl__all_readers__nothing_lost
	atf_add_test_case all_locks__all_readers__nothing_lost
	atf_add_test_case python_mailbox__reads__nothing_lost
	atf_add_test_case movemail__reads__nothing_lost
	atf_add_test_case mutt__reads__nothing_lost
	atf_add_test_case s_nail__reads_as_spool__nothing_lost
	atf_add_test_case sets_with_dotlock__mixed__nothing_lost
	atf_add_test_case sets_with_fcntl__mixed__nothing_lost
	atf_add_test_case sets_with_flock__mixed__nothing_lost
	atf_add_test_case procmail__appends__nothing_lost
	atf_add_test_case maildrop__appends__nothing_lost
}
