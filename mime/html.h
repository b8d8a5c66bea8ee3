/*
 * html.h - the words of an HTML text.
 */
#ifndef MIME_HTML_H
#define MIME_HTML_H

#include "base/buffer.h"
#include "base/span.h"

/*
 * html_add_text - add what a reader would see to a buffer.
 *
 * Takes   html, in UTF-8.
 * Gives   text without tags, comments, scripts and styles; entities become
 *         characters, tags that end a line or a cell become a blank or a line
 *         end. In time linear in its size, whatever it holds.
 */
void html_add_text(struct buffer *out, struct span html);

#endif
