/*
 * A template of a path, and the words of a stranger's address: whatever they
 * are, the path leads to a folder of the depth that the template has. The
 * parts stand between NULs: template, user, local part, domain, detail, home.
 */
#include <limits.h>
#include <string.h>
#include <sysexits.h>

#include "mda/template.h"
#include "tests/fuzz/fuzz.h"

enum { PART_MAX = 600 };

struct part {
	char text[PART_MAX];
};

static void
take_part(struct part *part, struct span *rest)
{
	const char *end = NULL;
	size_t length = rest->size_bytes, kept;

	if (length > 0)
		end = memchr(rest->at, '\0', length);
	if (end != NULL)
		length = (size_t)(end - rest->at);
	kept = length < sizeof(part->text) ? length : sizeof(part->text) - 1;
	memset(part->text, 0, sizeof(part->text));
	if (kept > 0)
		memcpy(part->text, rest->at, kept);
	*rest = span_from(*rest, length + (end != NULL));
}

static bool
is_word(const char *at, const char *word)
{
	return strncmp(at, word, strlen(word)) == 0 &&
	    (at[strlen(word)] == '/' || at[strlen(word)] == '\0');
}

/* Component by component: as deep, and as far up. */
static void
check_same_way(const char *path, const char *plain)
{
	for (;;) {
		MUST(is_word(path, "..") == is_word(plain, ".."));
		MUST(is_word(path, ".") == is_word(plain, "."));
		MUST(is_word(path, "") == is_word(plain, ""));
		path = strchr(path, '/');
		plain = strchr(plain, '/');
		MUST((path == NULL) == (plain == NULL));
		if (path == NULL)
			return;
		path++;
		plain++;
	}
}

static void
check(const char *pattern, bool is_lower, const struct template_values *values)
{
	struct template_values plain = { "v", "v", "v", "v", values->home };
	static char path[PATH_MAX], same[PATH_MAX];
	struct failure why;

	if (template_expand(path, pattern, is_lower, values, &why) !=
	    VERDICT_OK) {
		MUST(why.exit_code == EX_TEMPFAIL);
		return;
	}
	MUST(strlen(path) < PATH_MAX);
	MUST(template_expand(same, pattern, is_lower, &plain, &why) ==
	    VERDICT_OK);
	check_same_way(path, same);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	static struct part parts[6];
	struct span rest = { (const char *)data, size_bytes };
	bool is_lower = fuzz_flags(&rest) & 1;
	struct template_values values = { parts[1].text, parts[2].text,
		parts[3].text, parts[4].text, parts[5].text };
	size_t i;

	for (i = 0; i < 6; i++)
		take_part(&parts[i], &rest);
	check(parts[0].text, is_lower, &values);
	return 0;
}
