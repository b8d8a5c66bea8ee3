#include "mda/plan.h"

#include <atf-c.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "compat/compat.h"
#include "tests/support/prng.h"
#include "tests/support/root_tc.h"

enum { ROUNDS = 20000, ADDRESS_MAX = 24, KEPT_MAX = 120 };

static struct job job;
static struct failure why;

/* Settings for mailboxes that all belong to whoever runs this. */
static void
be_virtual(const char *mailbox, bool is_lower)
{
	memset(&job, 0, sizeof(job));
	settings_default(&job.settings);
	job.settings.account = ACCOUNT_FIXED;
	job.settings.root_mail = ANSWER_YES;
	job.settings.lower_case = is_lower ? ANSWER_YES : ANSWER_NO;
	job.settings.mailbox = mailbox;
	job.options.home = "/home/al";
}

/* What a stranger may write who knows how paths and templates are made. */
static const char *const pieces[] = { "a", "a", "b", "A", "A", "B", "@", "@",
	"@", "@", "@", "+", "+", ".", "..", "../", "/", "//", "%", "%n", "%d", "%h", "~/", "-",
	".lock", ".LOCK", ".Lock", ".mda", "\n", "\r", " ", "\t", "\177", "\\",
	"\"", "\303\244", "\200", "tmp", "new", "cur", ":2,S", "=" };

static void
make_text(char *text, struct prng *prng)
{
	size_t limit = 3 + prng_below(prng, ADDRESS_MAX - 3);
	size_t length = prng_words(prng, text, limit, pieces,
	    sizeof(pieces) / sizeof(pieces[0]));

	text[length] = '\0'; /* an argument ends at the first NUL */
}

/* Every other one is much like the one before it. */
static void
make_address(char *address, unsigned int seed)
{
	struct prng prng = prng_start(seed & ~1U);
	size_t length;
	char *byte;

	make_text(address, &prng);
	length = strlen(address);
	if ((seed & 1) == 0 || length == 0)
		return;
	byte = address + prng_below(&prng, length);
	if (isalpha((unsigned char)*byte))
		*byte = (char)(*byte ^ ('a' ^ 'A'));
	else if (*byte == '@' && length + 2 < ADDRESS_MAX) {
		memmove(byte + 2, byte, strlen(byte) + 1);
		memcpy(byte, "+b", 2);
	}
}

/* As mda.conf(5) tells it: "local" without its detail, "@", domain. */
static void
make_canonical(char *canonical, const char *address, bool is_lower)
{
	const char *at = strrchr(address, '@');
	size_t local = at == NULL ? strlen(address) : (size_t)(at - address);
	const char *plus = memchr(address, '+', local);
	char *byte;

	if (plus != NULL)
		local = (size_t)(plus - address);
	(void)snprintf(canonical, ADDRESS_MAX, "%.*s@%s", (int)local, address,
	    at == NULL ? "" : at + 1);
	for (byte = canonical; is_lower && *byte != '\0'; byte++)
		if (*byte >= 'A' && *byte <= 'Z')
			*byte = (char)(*byte - 'A' + 'a');
}

static void
check_name(const char *name, const char *address)
{
	size_t length = strlen(name);
	size_t i;

	ATF_CHECK_MSG(length > 0, "\"%s\" makes an empty name", address);
	ATF_CHECK_MSG(name[0] != '.', "\"%s\" makes %s", address, name);
	ATF_CHECK_MSG(strchr(name, '/') == NULL, "\"%s\" makes %s", address,
	    name);
	ATF_CHECK_MSG(length < 5 || strcasecmp(name + length - 5, ".lock") != 0,
	    "\"%s\" makes the lock file %s", address, name);
	for (i = 0; i < length; i++)
		ATF_CHECK_MSG(!iscntrl((unsigned char)name[i]),
		    "\"%s\" makes a control byte", address);
}

/* What was made of the addresses: PATH, TAB, the address it stands for. */
struct kept {
	char path[KEPT_MAX];
	char canonical[ADDRESS_MAX];
};

static struct kept kept[ROUNDS];
static size_t kept_count;

static int
by_path(const void *one, const void *other)
{
	const struct kept *left = one;
	const struct kept *right = other;
	int order = strcmp(left->path, right->path);

	return order != 0 ? order : strcmp(left->canonical, right->canonical);
}

static int
by_address(const void *one, const void *other)
{
	const struct kept *left = one;
	const struct kept *right = other;
	int order = strcmp(left->canonical, right->canonical);

	return order != 0 ? order : strcmp(left->path, right->path);
}

/* One path for each address, and one address for each path. */
static void
check_pairs(void)
{
	size_t i;
	size_t equal = 0;

	qsort(kept, kept_count, sizeof(kept[0]), by_path);
	for (i = 1; i < kept_count; i++)
		if (strcmp(kept[i - 1].path, kept[i].path) == 0) {
			equal++;
			ATF_CHECK_STREQ(
			    kept[i - 1].canonical, kept[i].canonical);
		}
	qsort(kept, kept_count, sizeof(kept[0]), by_address);
	for (i = 1; i < kept_count; i++)
		if (strcmp(kept[i - 1].canonical, kept[i].canonical) == 0)
			ATF_CHECK_STREQ(kept[i - 1].path, kept[i].path);
	/* Else nothing was compared. */
	ATF_CHECK_MSG(kept_count > ROUNDS / 50, "%zu mailboxes", kept_count);
	ATF_CHECK_MSG(equal > 100, "%zu shared", equal);
}

static void
keep(const char *address, bool is_lower)
{
	struct kept *entry = &kept[kept_count++];

	ATF_REQUIRE(strlcpy(entry->path, job.destination.path,
			sizeof(entry->path)) < sizeof(entry->path));
	make_canonical(entry->canonical, address, is_lower);
}

static void
check_addresses(bool is_user, bool is_lower)
{
	char address[ADDRESS_MAX];
	char domain[KEPT_MAX];
	unsigned int seed;
	char *slash;

	kept_count = 0;
	for (seed = 0; seed < ROUNDS; seed++) {
		make_address(address, seed);
		be_virtual("maildir:/srv/mail/%d/%n", is_lower);
		if (is_user)
			job.options.user = address;
		else
			job.options.recipient = address;
		if (plan_make(&job, &why) != VERDICT_OK) {
			ATF_CHECK_STREQ("template-value", why.step);
			continue;
		}
		ATF_REQUIRE_MSG(strncmp(job.destination.path, "/srv/mail/",
				    10) == 0, "\"%s\" (seed %u) makes %s",
		    address, seed, job.destination.path);
		(void)strlcpy(domain, job.destination.path + 10,
		    sizeof(domain));
		slash = strchr(domain, '/');
		ATF_REQUIRE_MSG(slash != NULL, "\"%s\" (seed %u) makes %s",
		    address, seed, job.destination.path);
		*slash = '\0';
		check_name(domain, address);
		check_name(slash + 1, address);
		keep(address, is_lower);
	}
	check_pairs();
}

ATF_TC_WITHOUT_HEAD(virtual__hostile_addresses__each_its_own_mailbox);
ATF_TC_BODY(virtual__hostile_addresses__each_its_own_mailbox, tc)
{
	check_addresses(false, false);
}

ATF_TC_WITHOUT_HEAD(virtual__hostile_users__each_its_own_mailbox);
ATF_TC_BODY(virtual__hostile_users__each_its_own_mailbox, tc)
{
	check_addresses(true, false);
}

ATF_TC_WITHOUT_HEAD(virtual__lower_case__own_mailbox_but_for_case);
ATF_TC_BODY(virtual__lower_case__own_mailbox_but_for_case, tc)
{
	check_addresses(false, true);
}

/* A whole address, and a detail, may stand in a path as well. */
ATF_TC_WITHOUT_HEAD(virtual__user_and_detail__stay_in_their_folder);
ATF_TC_BODY(virtual__user_and_detail__stay_in_their_folder, tc)
{
	char address[ADDRESS_MAX];
	char user[KEPT_MAX];
	unsigned int made = 0;
	unsigned int seed;
	char *slash;

	for (seed = 0; seed < ROUNDS; seed++) {
		make_address(address, seed);
		be_virtual("mbox:/srv/mail/%u/%e", false);
		job.options.user = address;
		if (plan_make(&job, &why) != VERDICT_OK)
			continue;
		made++;
		ATF_REQUIRE_EQ(0,
		    strncmp(job.destination.path, "/srv/mail/", 10));
		(void)strlcpy(user, job.destination.path + 10, sizeof(user));
		slash = strchr(user, '/');
		ATF_REQUIRE(slash != NULL);
		*slash = '\0';
		ATF_CHECK_STREQ(address, user);
		check_name(user, address);
		check_name(slash + 1, address);
	}
	ATF_CHECK_MSG(made > 20, "%u mailboxes", made);
}

/* Each word is harmless, and "a.b" has the dotlock a.b.lock. */
ATF_TC_WITHOUT_HEAD(virtual__words_that_make_a_lock_file__no_mailbox);
ATF_TC_BODY(virtual__words_that_make_a_lock_file__no_mailbox, tc)
{
	static const char *const templates[] = { "mbox:/srv/%d.%n",
		"maildir:/srv/%d.%n/box", "mbox:/srv/%d.LOc%e" };
	static const char *const addresses[] = { "lock@a.b", "Lock@a.b",
		"al+k@a.b" };
	size_t i;

	for (i = 0; i < 3; i++) {
		be_virtual(templates[i], false);
		job.options.recipient = addresses[i];
		ATF_CHECK_EQ_MSG(VERDICT_RETRY, plan_make(&job, &why), "%s",
		    templates[i]);
		ATF_CHECK_STREQ("template-value", why.step);
	}
	be_virtual("mbox:/srv/%d.%n", false);
	job.options.recipient = "clock@a.b";
	ATF_CHECK_EQ(VERDICT_OK, plan_make(&job, &why));
	be_virtual("mbox:/srv/%n/all.lock", false); /* the administrator's */
	job.options.recipient = "al@a.b";
	ATF_CHECK_EQ(VERDICT_OK, plan_make(&job, &why));
}

ATF_TC_WITHOUT_HEAD(virtual__name_of_a_lock_file__no_mailbox);
ATF_TC_BODY(virtual__name_of_a_lock_file__no_mailbox, tc)
{
	static const char *const addresses[] = { "al.lock@example.org",
		"al.LOCK@example.org", "al.Lock+x@example.org", "al@b.lock" };
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		be_virtual("mbox:/srv/mail/%d/%n", true);
		job.options.recipient = addresses[i];
		ATF_CHECK_EQ_MSG(VERDICT_RETRY, plan_make(&job, &why), "%s",
		    addresses[i]);
		ATF_CHECK_STREQ("template-value", why.step);
	}
}

/* ---- Root, for nobody ---------------------------------------------------- */

ROOT_TC(root__no_user__retry_at_user_none)
{
	static const int accounts[] = { ACCOUNT_SYSTEM, ACCOUNT_FIXED };
	size_t i;

	for (i = 0; i < 2; i++) {
		be_virtual("maildir:/srv/mail", false);
		job.settings.account = accounts[i];
		job.settings.root_mail = ANSWER_NO;
		ATF_CHECK_EQ(VERDICT_RETRY, plan_make(&job, &why));
		ATF_CHECK_STREQ("user-none", why.step);
	}
}

ROOT_TC(root__no_user_but_root_mail__planned)
{
	be_virtual("maildir:/srv/mail", false);
	ATF_CHECK_EQ(VERDICT_OK, plan_make(&job, &why));
	ATF_CHECK(!job.is_delegated);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, virtual__hostile_addresses__each_its_own_mailbox);
	ATF_TP_ADD_TC(tp, virtual__hostile_users__each_its_own_mailbox);
	ATF_TP_ADD_TC(tp, virtual__lower_case__own_mailbox_but_for_case);
	ATF_TP_ADD_TC(tp, virtual__user_and_detail__stay_in_their_folder);
	ATF_TP_ADD_TC(tp, virtual__name_of_a_lock_file__no_mailbox);
	ATF_TP_ADD_TC(tp, virtual__words_that_make_a_lock_file__no_mailbox);
	ATF_TP_ADD_TC(tp, root__no_user__retry_at_user_none);
	ATF_TP_ADD_TC(tp, root__no_user_but_root_mail__planned);
	return atf_no_error();
}
