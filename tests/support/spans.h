/*
 * spans.h - comparing spans with text.
 */
#ifndef TESTS_SUPPORT_SPANS_H
#define TESTS_SUPPORT_SPANS_H

#include <atf-c.h>
#include <string.h>

#include "base/span.h"

/* The bytes of a literal, NULs inside it too. */
#define SPAN(literal) ((struct span){ literal, sizeof(literal) - 1 })

#define CHECK_SPAN(literal, span)                               \
	ATF_CHECK_MSG(span_equals(SPAN(literal), (span)),       \
	    "expected \"%s\", got %zu bytes \"%.*s\"", literal, \
	    (span).size_bytes, (int)(span).size_bytes,          \
	    (span).size_bytes == 0 ? "" : (span).at)

#endif
