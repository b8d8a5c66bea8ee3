/*
 * lmtp_main.c - mda-lmtp: speak LMTP on standard input and output.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/privilege.h"
#include "account/sandbox.h"
#include "base/interrupt.h"
#include "compat/compat.h"
#include "mbox/record.h"
#include "mda/lmtp_monitor.h"
#include "mda/lmtp_speaker.h"
#include "mda/lmtp_team.h"
#include "mda/log.h"
#include "mda/nls.h"
#include "mda/options.h"
#include "mda/plan.h"
#include "mda/report.h"
#include "mda/start.h"

enum {
	START_S = 60,
	FDS_EACH = 5, /* of one recipient, in its worker */
	FDS_SPARE = 64
};

struct server {
	struct job base;
	struct account talker; /* who speaks, where root started us */
	int file_fd;	       /* for the message, to be written */
	int fds[2];	       /* monitor and speaker */
	struct session_limits limits;
};

static int
print_help(void)
{
	nls_start();
	(void)printf(
	    _("usage: mda-lmtp [-c file] [-o setting=value]\n"
	      "       mda-lmtp --help | --version\n"
	      "Speak LMTP on standard input and output, and deliver each\n"
	      "message durably, with an answer for each recipient. Started by\n"
	      "root, deliver as each recipient. See mda-lmtp(8).\n"));
	return EX_OK;
}

static int
print_version(void)
{
	(void)printf("mda-lmtp %s\n", MDA_VERSION);
	return EX_OK;
}

/* A client waits: it hears why, and tries again later. */
static int
turn_away(const struct job *job, struct log *log, const struct failure *why)
{
	char sentence[400];

	nls_skip();
	report_sentence(sentence, sizeof(sentence), why);
	(void)printf("421 %s %s\r\n", why->dsn, sentence);
	(void)fflush(stdout); /* who does not hear it, is away */
	log_write(log, job, VERDICT_RETRY, why);
	return EX_TEMPFAIL;
}

/* ---- What is wanted ----------------------------------------------------- */

/* Senders, recipients and the like are the client's to say. */
static enum verdict
check_options(const struct options *options, struct failure *why)
{
	const struct {
		bool is_given;
		const char *name;
	} others[] = {
		{ options->recipient != NULL, "-a" },
		{ options->user != NULL, "-d" },
		{ options->detail != NULL, "-e" },
		{ options->sender != NULL, "-f" },
		{ options->mailbox != NULL, "-m" },
		{ options->is_explain, "-n" },
		{ options->queue_id != NULL, "-q" },
		{ options->is_verbose, "-v" },
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].is_given)
			return failure_retry(why, "option-unknown", "4.3.5",
			    others[i].name);
	return VERDICT_OK;
}

/* Of the environment only HOME counts: the rest is about one message. */
static enum verdict
read_options(struct options *options, char *const *argv, struct failure *why)
{
	enum verdict verdict = options_parse(options, argv, why);

	if (verdict == VERDICT_OK)
		verdict = check_options(options, why);
	options_environment(options);
	options->sender = NULL;
	options->recipient = NULL;
	options->detail = NULL;
	return verdict;
}

/* No more than can be open in one process, when all are one account's. */
static unsigned int
recipients_most(const struct settings *settings)
{
	const rlim_t most = (rlim_t)settings->lmtp_recipient_limit;
	const rlim_t wanted = most * FDS_EACH + FDS_SPARE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 1;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur =
		    limit.rlim_max < wanted ? limit.rlim_max : wanted;
		(void)setrlimit(RLIMIT_NOFILE, &limit); /* looked at below */
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= wanted)
		return (unsigned int)most;
	if (limit.rlim_cur < FDS_SPARE + FDS_EACH)
		return 1;
	return (unsigned int)((limit.rlim_cur - FDS_SPARE) / FDS_EACH);
}

static enum verdict
find_talker(struct server *server, struct failure *why)
{
	const char *name = server->base.settings.lmtp_user;
	enum verdict verdict;

	if (geteuid() != 0)
		return VERDICT_OK;
	verdict = account_named(&server->talker, name, why);
	if (verdict == VERDICT_REFUSE)
		return failure_retry(why, "lmtp-user", "4.3.5", name);
	privilege_prepare();
	if (verdict == VERDICT_OK && server->talker.uid == 0)
		return failure_retry(why, "lmtp-user", "4.3.5", name);
	return verdict;
}

/* ---- The file that messages lie in -------------------------------------- */

static bool
is_same_file(int one_fd, int other_fd)
{
	struct stat one;
	struct stat other;

	return fstat(one_fd, &one) == 0 && fstat(other_fd, &other) == 0 &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/*
 * Opened twice: the speaker writes, and workers can only read, so that none
 * of them can change what the others deliver.
 */
static bool
open_twice(struct server *server, char *name)
{
	int fd = mkstemp(name);

	if (fd == -1)
		return false;
	server->file_fd = fcntl(fd, F_DUPFD_CLOEXEC, TEAM_MESSAGE_FD + 1);
	(void)close(fd); /* a copy is open */
	fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	(void)unlink(name); /* else it is litter */
	if (fd == -1 || server->file_fd == -1)
		return false;
	if (fd != TEAM_MESSAGE_FD) {
		(void)dup2(fd, TEAM_MESSAGE_FD);
		(void)close(fd);
	}
	return is_same_file(TEAM_MESSAGE_FD, server->file_fd);
}

static enum verdict
open_file(struct server *server, struct failure *why)
{
	char name[] = RECORD_SPILL_FOLDER "/.mda-lmtp.XXXXXX";

	if (!open_twice(server, name))
		return failure_errno(why, "spill", "the message");
	return VERDICT_OK;
}

static enum verdict
prepare(struct server *server, bool has_input, struct failure *why)
{
	enum verdict verdict = plan_settings(&server->base, why);

	if (verdict == VERDICT_OK && !has_input)
		verdict = failure_retry(why, "stdin-closed", "4.3.0",
		    "standard input");
	if (verdict == VERDICT_OK)
		verdict = find_talker(server, why);
	if (verdict == VERDICT_OK)
		verdict = open_file(server, why);
	if (verdict == VERDICT_OK &&
	    socketpair(AF_UNIX, SOCK_STREAM, 0, server->fds) == -1)
		verdict = failure_errno(why, "socketpair", "LMTP");
	server->limits.recipients_most =
	    recipients_most(&server->base.settings);
	server->limits.message_most_bytes =
	    server->base.settings.message_size_limit_bytes;
	server->limits.reply_most_bytes =
	    (size_t)server->base.settings.lmtp_reply_limit_bytes;
	return verdict;
}

/* ---- Two processes ------------------------------------------------------ */

/* Who speaks: without rights, and behind a sandbox that opens nothing. */
static int
run_speaker(struct server *server)
{
	const struct settings *settings = &server->base.settings;
	const struct sandbox_needs nothing = { .is_blind = true };
	const struct speaker_means means = {
		.in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO,
		.file_fd = server->file_fd,
		.monitor_fd = server->fds[1],
		.idle_most_s = (unsigned int)settings->lmtp_timeout_s,
		.limits = &server->limits,
	};
	struct log log = { false, -1, -1 };
	enum verdict verdict = VERDICT_OK;
	enum sandbox_state state;
	struct failure why;

	(void)close(server->fds[0]);
	(void)close(TEAM_MESSAGE_FD); /* read only */
	if (geteuid() == 0)
		verdict = privilege_drop(&server->talker, &why);
	if (verdict == VERDICT_OK) {
		log_open(&log, settings); /* behind the sandbox none can be */
		verdict = sandbox_enter((enum sandbox_rule)settings->sandbox,
		    &nothing, &state, &why);
	}
	if (verdict != VERDICT_OK)
		return turn_away(&server->base, &log, &why);
	log_close(&log); /* who talks is to write nothing there */
	speaker_run(&means);
	return EX_OK;
}

/* The client is the speaker's alone: it is to see when that ends. */
static void
leave_client(void)
{
	start_empty(STDIN_FILENO);
	start_empty(STDOUT_FILENO);
}

static int
serve(struct server *server)
{
	struct monitor_means means = {
		.speaker_fd = server->fds[0],
		.recipients_most = server->limits.recipients_most,
	};
	struct log log = { false, -1, -1 };
	struct failure why;

	means.speaker = fork();
	if (means.speaker == -1) {
		(void)failure_errno(&why, "fork", "LMTP");
		return turn_away(&server->base, &log, &why);
	}
	if (means.speaker == 0)
		_exit(run_speaker(server));
	(void)close(server->fds[1]);
	(void)close(server->file_fd); /* the speaker's */
	leave_client();
	nls_skip(); /* replies are in English */
	interrupt_deadline(0);
	return monitor_run(&server->base, &means, &why) == VERDICT_OK
	    ? EX_OK
	    : EX_TEMPFAIL;
}

int
main(int argc, char **argv)
{
	static struct server server; /* large */
	struct log log = { false, -1, -1 };
	struct failure why;
	enum verdict verdict;
	bool has_input;

	(void)argc;
	start_process(START_S, &has_input);
	/*
	 * Standard error may be the client's socket, and each word on it a
	 * reply: Postfix has taken one for a success.
	 */
	start_empty(STDERR_FILENO);
	nls_guard();
	settings_default(&server.base.settings);
	verdict = read_options(&server.base.options, argv, &why);
	if (verdict == VERDICT_OK && server.base.options.is_help)
		return print_help();
	if (verdict == VERDICT_OK && server.base.options.is_version)
		return print_version();
	if (verdict == VERDICT_OK)
		verdict = prepare(&server, has_input, &why);
	if (verdict != VERDICT_OK)
		return turn_away(&server.base, &log, &why);
	return serve(&server);
}
