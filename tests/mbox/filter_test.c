#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbox/filter.h"
#include "tests/support/mbox_bytes.h"
#include "tests/support/prng.h"
#include "tests/support/spans.h"

enum { ROUNDS = 4000, ROUND_BYTES = 400, LENGTH_LINE = 16 + 20 + 1 };

static const enum mbox_format formats[] = { MBOX_RD, MBOX_O, MBOX_CL2 };

enum { FORMATS = 3 };

/* One filter at work, and what came out of it. */
struct run {
	struct filter filter;
	struct bytes out;
};

static void
start(struct run *run, enum mbox_format format)
{
	memset(&run->out, 0, sizeof(run->out));
	filter_start(&run->filter, format, bytes_sink, &run->out);
}

static void
put(struct run *run, const char *at, size_t size_bytes)
{
	struct span data = { at, size_bytes };
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, filter_put(&run->filter, data, &why));
}

static struct span
end(struct run *run)
{
	struct failure why;

	ATF_REQUIRE_EQ(VERDICT_OK, filter_end(&run->filter, &why));
	ATF_REQUIRE_EQ((long long)run->out.used_bytes, run->filter.out_bytes);
	return bytes_span(&run->out);
}

static struct span
filter_whole(struct run *run, enum mbox_format format, struct span message)
{
	start(run, format);
	put(run, message.at, message.size_bytes);
	return end(run);
}

static void
check_text(enum mbox_format format, struct span message, const char *expected)
{
	struct run run;
	struct span out = filter_whole(&run, format, message);

	ATF_CHECK_MSG(span_equals(span_of(expected), out),
	    "format %d: expected \"%s\", got \"%.*s\"", (int)format, expected,
	    (int)out.size_bytes, out.size_bytes == 0 ? "" : out.at);
	bytes_free(&run.out);
}

/* ---- What should come out, told line by line ---------------------------- */

static bool
is_from(struct span line, bool with_arrows)
{
	while (with_arrows && line.size_bytes > 0 && line.at[0] == '>')
		line = span_from(line, 1);
	return span_starts(line, "From ");
}

static bool
is_length(struct span line)
{
	static const char name[] = "content-length";
	size_t length = sizeof(name) - 1;

	return span_starts_nocase(line, name) && line.size_bytes > length &&
	    (line.at[length] == ':' || line.at[length] == ' ' ||
		line.at[length] == '\t');
}

static bool
is_folded(struct span line)
{
	return line.size_bytes > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
}

/* The last one stands at the end of a message, where it gets a LF. */
static bool
is_end_of_header(struct span line)
{
	return span_equals(line, SPAN("\n")) ||
	    span_equals(line, SPAN("\r\n")) || span_equals(line, SPAN("\r"));
}

/*
 * model - the result for a message, and where its body begins.
 */
static void
model(struct bytes *out, size_t *body_at_out, enum mbox_format format,
    struct span message)
{
	static const char field[] = "Content-Length:                     \n";
	bool is_header = true;
	bool was_dropped = false;
	struct span line;

	while (message.size_bytes > 0) {
		line = span_line(&message);
		was_dropped = is_header &&
		    (is_length(line) || (was_dropped && is_folded(line)));
		if (was_dropped)
			continue;
		if (is_header && is_end_of_header(line)) {
			is_header = false;
			if (format == MBOX_CL2)
				bytes_text(out, field);
			*body_at_out = out->used_bytes + line.size_bytes +
			    (span_equals(line, SPAN("\r")) ? 1 : 0);
		}
		if ((format != MBOX_CL2 || is_header) &&
		    is_from(line, format != MBOX_O))
			bytes_text(out, ">");
		bytes_add(out, line.at, line.size_bytes);
	}
	if (out->used_bytes > 0 && out->at[out->used_bytes - 1] != '\n')
		bytes_text(out, "\n");
	if (is_header && format == MBOX_CL2)
		bytes_text(out, field);
	if (!is_header)
		return;
	bytes_text(out, "\n");
	*body_at_out = out->used_bytes;
}

/* Taken off again: mboxrd alone allows that. */
static void
unquote(struct bytes *out, struct span text)
{
	struct span line;

	while (text.size_bytes > 0) {
		line = span_line(&text);
		if (span_starts(line, ">") && is_from(line, true))
			line = span_from(line, 1);
		bytes_add(out, line.at, line.size_bytes);
	}
}

/* ---- Samples ------------------------------------------------------------ */

/* Their NULs too. */
#define SAMPLE(literal)                      \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct span samples[] = {
	SAMPLE(""),
	SAMPLE("\n"),
	SAMPLE("\r\n"),
	SAMPLE("\r"),
	SAMPLE(">"),
	SAMPLE("F"),
	SAMPLE("From "),
	SAMPLE("Subject: x"),
	SAMPLE("Subject: x\n"),
	SAMPLE("Subject: x\n\n"),
	SAMPLE("Subject: x\n\nbody"),
	SAMPLE("Subject: x\r\n\r\nbody\r\nFrom a\r\n"),
	SAMPLE("Subject: x\n\nbody\n\n\n"),
	SAMPLE("Subject: x\n\nFrom a\n>From b\n>>From c\n>Fro\nFrom\nfrom d\n"),
	SAMPLE("From a\nSubject: x\n>From b\n\nFrom c\n"),
	SAMPLE("Content-Length: 5\nSubject: x\n\nContent-Length: 6\n"),
	SAMPLE("Subject: x\nCONTENT-length : 5\n\t6\n 7\nTo: y\n z\n\nb\n"),
	SAMPLE("content-length:\r\n 5\r\nSubject: x\r\n\r\n 5\r\n"),
	SAMPLE("Subject: x\nContent-Length: 3\n\n 4\n"),
	SAMPLE("Subject: x\nContent-Length: 3\n 4"),
	SAMPLE("Content-Lengths: 3\nContent-Lengt: 4\n\n"),
	SAMPLE("Content-Length\nContent-Length"),
	SAMPLE("no header at all\nFrom a\n"),
	SAMPLE("a\0b: c\n\0\nFrom \0\n\n\0From \nFrom"),
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

static const char *const words[] = { "From ", ">From ", ">>", ">", "From", "\n",
	"\n", "\n", "\n\n", "\r\n", "\r", " ", "\t",
	"Content-Length:", "content-length ", "Content-", "Subject: x",
	"\nFrom ", "\n>From " };

enum { WORDS = sizeof(words) / sizeof(words[0]) };

static void
check_model(enum mbox_format format, struct span message, const char *what,
    size_t number)
{
	struct bytes expected = { NULL, 0, 0 };
	size_t body_at = 0;
	struct run run;
	struct span out = filter_whole(&run, format, message);

	model(&expected, &body_at, format, message);
	ATF_REQUIRE_MSG(span_equals(bytes_span(&expected), out),
	    "%s %zu, format %d: expected \"%.*s\", got \"%.*s\"", what, number,
	    (int)format, (int)expected.used_bytes,
	    expected.at == NULL ? "" : expected.at, (int)out.size_bytes,
	    out.size_bytes == 0 ? "" : out.at);
	if (format == MBOX_CL2)
		ATF_REQUIRE_EQ_MSG((long long)body_at, run.filter.body_at,
		    "%s %zu: body at %lld, not %zu", what, number,
		    run.filter.body_at, body_at);
	bytes_free(&expected);
	bytes_free(&run.out);
}

ATF_TC_WITHOUT_HEAD(samples__each_format__as_the_model);
ATF_TC_BODY(samples__each_format__as_the_model, tc)
{
	size_t i;
	size_t j;

	for (i = 0; i < SAMPLES; i++)
		for (j = 0; j < FORMATS; j++)
			check_model(formats[j], samples[i], "sample", i);
}

ATF_TC_WITHOUT_HEAD(random__each_format__as_the_model);
ATF_TC_BODY(random__each_format__as_the_model, tc)
{
	char text[ROUND_BYTES];
	unsigned int seed;
	size_t j;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span message = { text,
			prng_words(&prng, text, sizeof(text), words, WORDS) };

		for (j = 0; j < FORMATS; j++)
			check_model(formats[j], message, "seed", seed);
	}
}

/* ---- Cut anywhere ------------------------------------------------------- */

static void
check_cut(enum mbox_format format, struct span message, size_t at)
{
	struct run whole;
	struct run cut;
	struct span expected = filter_whole(&whole, format, message);
	struct span out;

	start(&cut, format);
	put(&cut, message.at, at);
	put(&cut, message.at, 0);
	put(&cut, message.at + at, message.size_bytes - at);
	out = end(&cut);
	ATF_REQUIRE_MSG(span_equals(expected, out) &&
		whole.filter.body_at == cut.filter.body_at &&
		whole.filter.length_at == cut.filter.length_at,
	    "cut at %zu, format %d: \"%.*s\" gave \"%.*s\"", at, (int)format,
	    (int)message.size_bytes, message.at, (int)out.size_bytes,
	    out.size_bytes == 0 ? "" : out.at);
	bytes_free(&whole.out);
	bytes_free(&cut.out);
}

ATF_TC_WITHOUT_HEAD(samples__cut_at_each_byte__same_result);
ATF_TC_BODY(samples__cut_at_each_byte__same_result, tc)
{
	size_t i;
	size_t j;
	size_t at;

	for (i = 0; i < SAMPLES; i++)
		for (j = 0; j < FORMATS; j++)
			for (at = 0; at <= samples[i].size_bytes; at++)
				check_cut(formats[j], samples[i], at);
}

ATF_TC_WITHOUT_HEAD(random__in_random_pieces__same_result);
ATF_TC_BODY(random__in_random_pieces__same_result, tc)
{
	char text[ROUND_BYTES];
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		enum mbox_format format = formats[seed % FORMATS];
		struct span message = { text,
			prng_words(&prng, text, sizeof(text), words, WORDS) };
		size_t most = 1 + prng_below(&prng, 20);
		struct run whole;
		struct run pieces;
		size_t at = 0;

		(void)filter_whole(&whole, format, message);
		start(&pieces, format);
		while (at < message.size_bytes) {
			size_t part = 1 + prng_below(&prng, most);

			if (part > message.size_bytes - at)
				part = message.size_bytes - at;
			put(&pieces, message.at + at, part);
			at += part;
		}
		ATF_REQUIRE_MSG(span_equals(bytes_span(&whole.out),
				    end(&pieces)),
		    "seed %u", seed);
		bytes_free(&whole.out);
		bytes_free(&pieces.out);
	}
}

/* ---- mboxrd ------------------------------------------------------------- */

/* The LFs that a message without an end, of itself or its header, gets. */
static size_t
added_bytes(struct span message)
{
	bool is_ended = message.size_bytes == 0;
	size_t added = 1;

	while (message.size_bytes > 0) {
		struct span line = span_line(&message);

		is_ended = line.at[line.size_bytes - 1] == '\n';
		if (is_end_of_header(line))
			added = 0;
	}
	return added + (is_ended ? 0 : 1);
}

ATF_TC_WITHOUT_HEAD(rd__random__unquoted_is_the_original);
ATF_TC_BODY(rd__random__unquoted_is_the_original, tc)
{
	static const char *const froms[] = { "From ", ">From ", ">", "From",
		"\n", "\n\n", "\r\n", "\r", "\nFrom ", "\n>>From ", "x", " " };
	char text[ROUND_BYTES];
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span message = { text,
			prng_words(&prng, text, sizeof(text), froms, 12) };
		struct bytes back = { NULL, 0, 0 };
		struct run run;

		unquote(&back, filter_whole(&run, MBOX_RD, message));
		back.used_bytes -= added_bytes(message);
		ATF_REQUIRE_MSG(span_equals(message, bytes_span(&back)),
		    "seed %u", seed);
		bytes_free(&back);
		bytes_free(&run.out);
	}
}

ATF_TC_WITHOUT_HEAD(any__random__no_line_is_a_from_line);
ATF_TC_BODY(any__random__no_line_is_a_from_line, tc)
{
	char text[ROUND_BYTES];
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span message = { text,
			prng_words(&prng, text, sizeof(text), words, WORDS) };
		struct run run;
		struct span out = filter_whole(&run,
		    seed % 2 == 0 ? MBOX_RD : MBOX_O, message);

		while (out.size_bytes > 0)
			ATF_REQUIRE_MSG(!span_starts(span_line(&out), "From "),
			    "seed %u", seed);
		bytes_free(&run.out);
	}
}

ATF_TC_WITHOUT_HEAD(rd__from_lines__one_arrow_more);
ATF_TC_BODY(rd__from_lines__one_arrow_more, tc)
{
	check_text(MBOX_RD,
	    SPAN("A: b\n\nFrom a\n>From b\n>>From c\n> From d\nFrom\n"),
	    "A: b\n\n>From a\n>>From b\n>>>From c\n> From d\nFrom\n");
}

ATF_TC_WITHOUT_HEAD(o__from_lines__arrow_only_where_none_is);
ATF_TC_BODY(o__from_lines__arrow_only_where_none_is, tc)
{
	check_text(MBOX_O, SPAN("A: b\n\nFrom a\n>From b\n>>From c\n"),
	    "A: b\n\n>From a\n>From b\n>>From c\n");
}

ATF_TC_WITHOUT_HEAD(cl2__from_lines__kept_in_body);
ATF_TC_BODY(cl2__from_lines__kept_in_body, tc)
{
	check_text(MBOX_CL2, SPAN("A: b\nFrom x\n\nFrom a\n>From b\n"),
	    "A: b\n>From x\nContent-Length:                     \n"
	    "\nFrom a\n>From b\n");
}

/* ---- Content-Length ----------------------------------------------------- */

ATF_TC_WITHOUT_HEAD(length__in_header__dropped_in_any_case);
ATF_TC_BODY(length__in_header__dropped_in_any_case, tc)
{
	check_text(MBOX_RD, SPAN("A: b\nContent-Length: 9\nC: d\n\n"),
	    "A: b\nC: d\n\n");
	check_text(MBOX_RD, SPAN("cONTENT-lENGTH:9\n\nx\n"), "\nx\n");
	check_text(MBOX_O, SPAN("CONTENT-LENGTH : 9\nA: b\n\n"), "A: b\n\n");
	check_text(MBOX_O, SPAN("Content-Length\t: 9\nA: b\n\n"), "A: b\n\n");
}

ATF_TC_WITHOUT_HEAD(length__twice__both_dropped);
ATF_TC_BODY(length__twice__both_dropped, tc)
{
	check_text(MBOX_RD,
	    SPAN("Content-Length: 1\nContent-Length: 2\nA: b\n"
		 "Content-Length: 3\n\n"),
	    "A: b\n\n");
}

ATF_TC_WITHOUT_HEAD(length__folded__goes_whole);
ATF_TC_BODY(length__folded__goes_whole, tc)
{
	check_text(MBOX_RD, SPAN("Content-Length:\n 1\n\t2\nA: b\n c\n\n"),
	    "A: b\n c\n\n");
	check_text(MBOX_RD, SPAN("Content-Length:\r\n 1\r\nA: b\r\n\r\n"),
	    "A: b\r\n\r\n");
}

ATF_TC_WITHOUT_HEAD(length__in_body__stays);
ATF_TC_BODY(length__in_body__stays, tc)
{
	check_text(MBOX_RD, SPAN("A: b\n\nContent-Length: 1\n"),
	    "A: b\n\nContent-Length: 1\n");
	check_text(MBOX_RD, SPAN("A: b\r\n\r\nContent-Length: 1\r\n"),
	    "A: b\r\n\r\nContent-Length: 1\r\n");
	check_text(MBOX_RD, SPAN("\nContent-Length: 1\n"),
	    "\nContent-Length: 1\n");
}

ATF_TC_WITHOUT_HEAD(length__folded_line_of_body__stays);
ATF_TC_BODY(length__folded_line_of_body__stays, tc)
{
	check_text(MBOX_RD, SPAN("Content-Length: 1\n\n indented\n"),
	    "\n indented\n");
}

ATF_TC_WITHOUT_HEAD(length__other_names__stay);
ATF_TC_BODY(length__other_names__stay, tc)
{
	static const char text[] = "Content-Lengthy: 1\nContent-Leng: 2\n"
				   "X-Content-Length: 3\n>Content-Length: 4\n"
				   "Content-Length\nLines: 5\n\n";

	check_text(MBOX_RD, SPAN(text), text);
}

ATF_TC_WITHOUT_HEAD(length__at_the_very_end__dropped);
ATF_TC_BODY(length__at_the_very_end__dropped, tc)
{
	check_text(MBOX_RD, SPAN("A: b\nContent-Length: 1"), "A: b\n\n");
	check_text(MBOX_RD, SPAN("Content-Length: 1\n"), "\n");
}

/* ---- Content-Length of our own ------------------------------------------ */

/*
 * What a reader would count: from behind the first empty line to the end.
 * The place for the digits must be that of the one field of this name.
 */
static void
check_own_length(struct span message, const char *what, size_t number)
{
	static const char name[] = "Content-Length: ";
	long long body_bytes = -1;
	long long at = -1;
	struct run run;
	struct span out = filter_whole(&run, MBOX_CL2, message);
	struct span rest = out;

	while (rest.size_bytes > 0 && body_bytes == -1) {
		struct span line = span_line(&rest);

		if (span_starts_nocase(line, name)) {
			ATF_REQUIRE_EQ_MSG(-1, at, "%s %zu", what, number);
			ATF_REQUIRE_EQ_MSG((size_t)LENGTH_LINE, line.size_bytes,
			    "%s %zu", what, number);
			at = (long long)(line.at - out.at) + 16;
		}
		if (is_end_of_header(line))
			body_bytes = (long long)rest.size_bytes;
	}
	ATF_REQUIRE_EQ_MSG(at, run.filter.length_at, "%s %zu", what, number);
	ATF_REQUIRE_EQ_MSG(body_bytes,
	    run.filter.out_bytes - run.filter.body_at, "%s %zu: %lld of %lld",
	    what, number, run.filter.out_bytes - run.filter.body_at,
	    body_bytes);
	bytes_free(&run.out);
}

ATF_TC_WITHOUT_HEAD(cl2__samples__length_is_right);
ATF_TC_BODY(cl2__samples__length_is_right, tc)
{
	size_t i;

	for (i = 0; i < SAMPLES; i++)
		check_own_length(samples[i], "sample", i);
}

ATF_TC_WITHOUT_HEAD(cl2__random__length_is_right);
ATF_TC_BODY(cl2__random__length_is_right, tc)
{
	char text[ROUND_BYTES];
	unsigned int seed;

	for (seed = 1; seed <= ROUNDS; seed++) {
		struct prng prng = prng_start(seed);
		struct span message = { text,
			prng_words(&prng, text, sizeof(text), words, WORDS) };

		check_own_length(message, "seed", seed);
	}
}

ATF_TC_WITHOUT_HEAD(cl2__body_without_final_lf__counted_with_it);
ATF_TC_BODY(cl2__body_without_final_lf__counted_with_it, tc)
{
	struct run run;

	(void)filter_whole(&run, MBOX_CL2, SPAN("A: b\n\nbody"));
	ATF_CHECK_EQ(5, run.filter.out_bytes - run.filter.body_at);
	bytes_free(&run.out);
}

ATF_TC_WITHOUT_HEAD(rd__any__no_length_is_asked_for);
ATF_TC_BODY(rd__any__no_length_is_asked_for, tc)
{
	struct run run;

	(void)filter_whole(&run, MBOX_RD, SPAN("A: b\n\nbody"));
	ATF_CHECK_EQ(-1, run.filter.length_at);
	bytes_free(&run.out);
}

/* ---- Ends, sizes, failures ---------------------------------------------- */

ATF_TC_WITHOUT_HEAD(end__no_final_lf__one_is_added);
ATF_TC_BODY(end__no_final_lf__one_is_added, tc)
{
	check_text(MBOX_RD, SPAN("A: b\n\nbody"), "A: b\n\nbody\n");
	check_text(MBOX_RD, SPAN("A: b\n\nbody\n"), "A: b\n\nbody\n");
	check_text(MBOX_RD, SPAN("A: b\n\nFrom "), "A: b\n\n>From \n");
	check_text(MBOX_RD, SPAN("A: b\n\nFrom"), "A: b\n\nFrom\n");
	check_text(MBOX_RD, SPAN("A: b\n\n>"), "A: b\n\n>\n");
	check_text(MBOX_RD, SPAN("Content-Lengt"), "Content-Lengt\n\n");
}

ATF_TC_WITHOUT_HEAD(end__no_empty_line__one_is_added);
ATF_TC_BODY(end__no_empty_line__one_is_added, tc)
{
	check_text(MBOX_RD, SPAN(""), "\n");
	check_text(MBOX_O, SPAN("A: b\n"), "A: b\n\n");
	check_text(MBOX_O, SPAN("A: b\nContent-Length: 1\n 2"), "A: b\n\n");
	check_text(MBOX_RD, SPAN("A: b\r"), "A: b\r\n\n");
	check_text(MBOX_CL2, SPAN(""),
	    "Content-Length:                     \n\n");
}

ATF_TC_WITHOUT_HEAD(long_line__ten_megabytes_of_arrows__as_they_were);
ATF_TC_BODY(long_line__ten_megabytes_of_arrows__as_they_were, tc)
{
	enum { MANY = 10 * 1024 * 1024, PIECE = 64 * 1024 };
	struct bytes message = { NULL, 0, 0 };
	struct run run;
	struct span out;
	size_t at;

	bytes_text(&message, "A: b\n\n");
	bytes_fill(&message, '>', MANY);
	bytes_text(&message, "From x\n");
	start(&run, MBOX_RD);
	for (at = 0; at < message.used_bytes; at += PIECE)
		put(&run, message.at + at,
		    message.used_bytes - at < PIECE ? message.used_bytes - at
						    : (size_t)PIECE);
	out = end(&run);
	ATF_REQUIRE_EQ(message.used_bytes + 1, out.size_bytes);
	ATF_CHECK_EQ(0, memcmp(message.at, out.at, 6 + MANY));
	ATF_CHECK_EQ(0, memcmp(">From x\n", out.at + 6 + MANY, 8));
	bytes_free(&message);
	bytes_free(&run.out);
}

/* Takes so many bytes and then refuses. */
static enum verdict
refusing_sink(void *context, struct span data, struct failure *why)
{
	size_t *room_bytes = context;

	if (data.size_bytes > *room_bytes)
		return failure_retry(why, "sink", "4.0.0", "sink");
	*room_bytes -= data.size_bytes;
	return VERDICT_OK;
}

/* One sample with everything in it: each call of the sink fails once. */
ATF_TC_WITHOUT_HEAD(sink__fails_at_each_byte__told);
ATF_TC_BODY(sink__fails_at_each_byte__told, tc)
{
	struct span message = SPAN("Content-Length: 1\nA: b\n\nFrom a\n>From");
	size_t i;
	size_t most;

	for (i = 0; i < FORMATS; i++) {
		struct run run;
		size_t needed =
		    filter_whole(&run, formats[i], message).size_bytes;

		bytes_free(&run.out);
		for (most = 0; most <= needed; most++) {
			struct failure why;
			struct filter filter;
			enum verdict verdict;
			size_t room_bytes = most;

			filter_start(&filter, formats[i], refusing_sink,
			    &room_bytes);
			verdict = filter_put(&filter, message, &why);
			if (verdict == VERDICT_OK)
				verdict = filter_end(&filter, &why);
			ATF_CHECK_EQ_MSG(most < needed ? VERDICT_RETRY
						       : VERDICT_OK,
			    verdict, "room for %zu of %zu", most, needed);
		}
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, samples__each_format__as_the_model);
	ATF_TP_ADD_TC(tp, random__each_format__as_the_model);
	ATF_TP_ADD_TC(tp, samples__cut_at_each_byte__same_result);
	ATF_TP_ADD_TC(tp, random__in_random_pieces__same_result);
	ATF_TP_ADD_TC(tp, rd__random__unquoted_is_the_original);
	ATF_TP_ADD_TC(tp, any__random__no_line_is_a_from_line);
	ATF_TP_ADD_TC(tp, rd__from_lines__one_arrow_more);
	ATF_TP_ADD_TC(tp, o__from_lines__arrow_only_where_none_is);
	ATF_TP_ADD_TC(tp, cl2__from_lines__kept_in_body);
	ATF_TP_ADD_TC(tp, length__in_header__dropped_in_any_case);
	ATF_TP_ADD_TC(tp, length__twice__both_dropped);
	ATF_TP_ADD_TC(tp, length__folded__goes_whole);
	ATF_TP_ADD_TC(tp, length__in_body__stays);
	ATF_TP_ADD_TC(tp, length__folded_line_of_body__stays);
	ATF_TP_ADD_TC(tp, length__other_names__stay);
	ATF_TP_ADD_TC(tp, length__at_the_very_end__dropped);
	ATF_TP_ADD_TC(tp, cl2__samples__length_is_right);
	ATF_TP_ADD_TC(tp, cl2__random__length_is_right);
	ATF_TP_ADD_TC(tp, cl2__body_without_final_lf__counted_with_it);
	ATF_TP_ADD_TC(tp, rd__any__no_length_is_asked_for);
	ATF_TP_ADD_TC(tp, end__no_final_lf__one_is_added);
	ATF_TP_ADD_TC(tp, end__no_empty_line__one_is_added);
	ATF_TP_ADD_TC(tp, long_line__ten_megabytes_of_arrows__as_they_were);
	ATF_TP_ADD_TC(tp, sink__fails_at_each_byte__told);
	return atf_no_error();
}
