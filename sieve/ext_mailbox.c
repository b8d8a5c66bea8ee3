/* RFC 5490: mailboxexists; ":create" is in cmd_fileinto.c. */
#include "sieve/commands.h"
#include "sieve/run.h"

static bool
test_mailboxexists_now(struct sieve_run *run, const struct sieve_call *call,
    bool *truth_out)
{
	const struct sieve_answers *answers = &run->input->answers;
	struct sieve_strings names = run_strings(run, &call->arguments[0]);
	size_t i;

	*truth_out = answers->mailbox_exists != NULL;
	for (i = 0; i < names.count && *truth_out; i++) {
		enum sieve_answer answer =
		    answers->mailbox_exists(answers->context, names.at[i]);

		if (answer == SIEVE_UNANSWERED)
			return run_error(run, call,
			    "it could not be found out whether the mailbox "
			    "exists");
		*truth_out = answer == SIEVE_YES;
	}
	return true;
}

const struct sieve_spec test_mailboxexists = {
	.name = "mailboxexists",
	.needs = "mailbox",
	.usage = "mailboxexists <mailboxes>",
	.arguments = { SIEVE_STRINGS },
	.test = test_mailboxexists_now,
};
