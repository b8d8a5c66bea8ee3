/*
 * Scripts and messages made of random words: whatever they are, there is a
 * program or an error with its place, and after a run a plan.
 */
#include <atf-c.h>
#include <string.h>

#include "tests/support/arenas.h"
#include "tests/support/prng.h"
#include "tests/support/sieve_case.h"

enum { SCRIPT_BYTES = 1500, MESSAGE_BYTES = 1500, ROUNDS = 3000 };

static struct sieve_case sieve;
static unsigned seed; /* of this round */

#define CHECK(claim) ATF_CHECK_MSG(claim, "seed %u: %s", seed, #claim)

static const char *const words[] = { " ", "\n", ";", "{", "}", "(", ")", "[",
	"]", ",", "\"", "\"a\"", "\"subject\"", "\"to\"", "\"a@b.example\"",
	"\"*\"", "\"?*\"", "[\"a\",\"b\"]", "1", "2K", "99999999999999999999",
	"#", "/*", "*/", "text:\n", "\n.\n", "\\", "if ", "elsif ", "else ",
	"true ", "false ", "not ", "allof(", "anyof(", "header ", "address ",
	"envelope ", "exists ", "size ", "string ", "body ", "date ",
	"currentdate ", "hasflag ", "ihave ", "environment ", "mailboxexists ",
	"duplicate ", "spamtest ", "keep;", "discard;", "stop;", "fileinto ",
	"redirect ", "reject ", "vacation ", "set ", "addheader ",
	"deleteheader ", "setflag ", "addflag ", "removeflag ", "include ",
	"return;", "global ", "error ", ":is ", ":contains ", ":matches ",
	":regex ", ":count \"ge\" ", ":value \"lt\" ", ":index ", ":last ",
	":over ", ":under ", ":copy ", ":create ", ":flags ", ":all ",
	":domain ", ":user ", ":detail ", ":raw ", ":content ", ":zone ",
	":lower ", ":length ", ":comparator \"i;octet\" ", ":mime ", ":days ",
	"${a}", "${1}", "${hex:41}", "${unicode:1F600}", "\xc3\xbc", "\xff",
	"\r\n" };

/* Each makes a command that is right by its form. */
static const char *const commands[] = { "keep;\n", "discard;\n",
	"fileinto \"x\";\n", "fileinto :copy \"${a}\";\n", "stop;\n",
	"redirect \"a@b.example\";\n", "redirect :copy \"c@d.example\";\n",
	"reject \"no\";\n", "vacation \"away\";\n",
	"vacation :subject \"${1}\" :days 3 \"x\";\n",
	"set \"a\" \"${a}${1}x\";\n", "set :upper \"b\" \"${0}\";\n",
	"setflag \"\\\\Seen\";\n", "addflag \"a\" \"${a} x\";\n",
	"addheader \"X\" \"${a}\";\n", "deleteheader \"X\";\n",
	"deleteheader :index 1 :last \"Subject\";\n", "include \"keep;\";\n",
	"include :once \"discard;\";\n", "return;\n", "global \"g\";\n",
	"error \"e\";\n", "if true { keep; }\n",
	"if header :matches \"subject\" \"*a*\" { set \"a\" \"${2}\"; }\n",
	"if address :detail \"to\" \"${a}\" { discard; }\n",
	"if body :text :contains \"${1}\" { keep; }\n",
	"if not duplicate :handle \"h\" { keep; }\n",
	"if date \"date\" \"hour\" \"12\" { stop; } else { keep; }\n",
	"if header :regex \"subject\" \"(a)|(${a})\" { set \"a\" \"${1}\"; }\n",
	"if spamtest :value \"ge\" \"3\" { fileinto \"spam\"; }\n",
	"if anyof (exists \"x\", hasflag :matches \"*\") { keep; }\n" };

static const char all_extensions[] =
    "require [\"fileinto\", \"envelope\", \"copy\", \"reject\", \"vacation\", "
    "\"variables\", \"imap4flags\", \"editheader\", \"include\", \"ihave\", "
    "\"subaddress\", \"body\", \"duplicate\", \"date\", \"regex\", "
    "\"spamtest\", \"relational\", \"index\", \"environment\", \"mailbox\", "
    "\"encoded-character\", \"comparator-i;ascii-numeric\"];\n";

static const char *const lines[] = { "\n", "\r\n",
	"Subject: ", "From: ", "To: ", "a@b.example", "<x+y@z.example>", ", ",
	"\"", "(", ")", "a", " ", "\t", ":", ";",
	"Date: Fri, 21 Nov 1997 09:55:06 -0600", "\n\n",
	"=?utf-8?Q?=C3=BC?=", "=?", "?=", "\0", "\xc3\xbc", "\xfe",
	"Content-Type: multipart/mixed; boundary=b\n", "--b\n", "--b--\n",
	"Content-Type: text/html\n", "Content-Transfer-Encoding: base64\n",
	"Content-Type: message/rfc822\n\n", "QUJD", "<p>",
	"Message-ID: <1@x>\n", "Auto-Submitted: no\n", "Received: x; " };

static size_t
count_lines(const char *text, size_t size_bytes)
{
	size_t lines_seen = 1, i;

	for (i = 0; i < size_bytes; i++)
		lines_seen += text[i] == '\n';
	return lines_seen;
}

/* Each error says where it is, in the script or in one that it includes. */
static void
check_errors(const char *text, size_t size_bytes)
{
	size_t most = count_lines(text, size_bytes), i;

	for (i = 0; i < sieve.errors.count && i < SIEVE_ERRORS_MAX; i++) {
		const struct sieve_error *error = &sieve.errors.list[i];

		CHECK(error->place.line >= 1 && error->place.line <= most);
		CHECK(error->place.column >= 1);
		CHECK(error->text[0] != '\0');
		CHECK(memchr(error->text, '\0', SIEVE_ERROR_BYTES) != NULL);
	}
}

/* A plan that can be executed, whatever happened. */
static void
check_plan(bool is_good)
{
	size_t i, stores = 0;

	for (i = 0; i < sieve.plan.count; i++) {
		const struct sieve_action *action = &sieve.plan.actions[i];

		stores += action->kind == SIEVE_KEEP;
		CHECK(action->kind != SIEVE_FILEINTO ||
		    action->mailbox.size_bytes > 0);
		CHECK(action->kind != SIEVE_REDIRECT ||
		    action->address.size_bytes > 2);
		CHECK(action->script != NULL);
	}
	CHECK(stores <= 1);
	CHECK(is_good || (sieve.plan.count == 1 && stores == 1));
	CHECK(is_good || sieve.error.text[0] != '\0');
	CHECK(sieve.plan.count > 0);
}

static void
run_all(void)
{
	bool is_good = sieve_case_run(&sieve);

	check_plan(is_good);
	while (sieve.program_count > 0)
		sieve_release(sieve.programs[--sieve.program_count]);
}

ATF_TC_WITHOUT_HEAD(script__random_words__a_program_or_errors_with_places);
ATF_TC_BODY(script__random_words__a_program_or_errors_with_places, tc)
{
	static char text[SCRIPT_BYTES];
	unsigned right = 0;

	sieve_case_start(&sieve);
	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span script = { text, 0 };

		script.size_bytes = prng_words(&prng, text, sizeof(text), words,
		    sizeof(words) / sizeof(words[0]));
		if (sieve_case_compile(&sieve, script)) {
			right++;
			run_all();
		} else
			check_errors(text, script.size_bytes);
	}
	ATF_CHECK(right < ROUNDS);
	sieve_case_end(&sieve);
}

/* One that begins with all extensions, and goes on with whole commands. */
static struct span
random_commands(struct prng *prng, char *text, size_t room_bytes)
{
	size_t commands_left = prng_below(prng, 12) + 1;
	struct span script = { text, sizeof(all_extensions) - 1 };

	memcpy(text, all_extensions, script.size_bytes);
	while (commands_left-- > 0) {
		const char *command = commands[prng_below(prng,
		    sizeof(commands) / sizeof(commands[0]))];

		if (script.size_bytes + strlen(command) > room_bytes)
			break;
		memcpy(text + script.size_bytes, command, strlen(command));
		script.size_bytes += strlen(command);
	}
	return script;
}

ATF_TC_WITHOUT_HEAD(commands__random_ones_and_messages__always_a_plan);
ATF_TC_BODY(commands__random_ones_and_messages__always_a_plan, tc)
{
	static char text[SCRIPT_BYTES], message[MESSAGE_BYTES];
	unsigned ran = 0;

	sieve_case_start(&sieve);
	for (seed = 0; seed < ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span script = random_commands(&prng, text, sizeof(text));

		sieve.input.message.at = message;
		sieve.input.message.size_bytes = prng_words(&prng, message,
		    sizeof(message), lines, sizeof(lines) / sizeof(lines[0]));
		if (!sieve_case_compile(&sieve, script)) {
			check_errors(text, script.size_bytes);
			continue;
		}
		ran++;
		run_all();
	}
	ATF_CHECK_MSG(ran > ROUNDS / 2, "only %u were right", ran);
	sieve_case_end(&sieve);
}

/* Of a script that is right, each part from the front. */
ATF_TC_WITHOUT_HEAD(script__cut_off_anywhere__a_program_or_errors);
ATF_TC_BODY(script__cut_off_anywhere__a_program_or_errors, tc)
{
	static char text[4096];
	struct span script = { text, sizeof(all_extensions) - 1 };
	size_t i, whole;

	sieve_case_start(&sieve);
	memcpy(text, all_extensions, script.size_bytes);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strstr(commands[i], "global") != NULL)
			continue; /* must stand in front of "set" */
		memcpy(text + script.size_bytes, commands[i],
		    strlen(commands[i]));
		script.size_bytes += strlen(commands[i]);
	}
	whole = script.size_bytes;
	ATF_REQUIRE(sieve_case_compile(&sieve, script));
	run_all();
	for (script.size_bytes = 0; script.size_bytes < whole;
	     script.size_bytes++) {
		if (sieve_case_compile(&sieve, script))
			run_all();
		else
			check_errors(text, script.size_bytes);
	}
	sieve_case_end(&sieve);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp,
	    script__random_words__a_program_or_errors_with_places);
	ATF_TP_ADD_TC(tp, commands__random_ones_and_messages__always_a_plan);
	ATF_TP_ADD_TC(tp, script__cut_off_anywhere__a_program_or_errors);
	return atf_no_error();
}
