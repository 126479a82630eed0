/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of templates/, read once at start into nodes.
 *
 *   {{path}}                  the value, escaped for text and quoted attributes. At the start of an
 *                             attribute that holds an address (href, src, action ...) it must be an
 *                             address of this site; any other becomes "#"
 *   {{url path}}              percent-encoded: a part of an address
 *   {{json path}}             inside <script type="application/json"> only, and the only one there
 *   {{date path}} {{clock path}} {{offset path}} {{stamp path}}   a time (RFC 3339) in the site's zone:
 *                             "Mon 16 Nov 2026", "14:00:02", "+11:00"; stamp is all three
 *   {{duration path}}         milliseconds as 3:12 or 1:02:03
 *   {{size path}}             bytes as "254 bytes", "1.2 MB"
 *   {{number path}}           1234567 as 1,234,567
 *   {{#path}}...{{/path}}     once for each item of a list; once for an object or a text that is
 *                             not empty, a number that is not 0, and true. {{^path}} is its opposite
 *   {{#path=text}}...{{/path}}    once when the value is that text, number, true or false, or a list
 *                             that holds it; {{^path=text}}
 *   {{#path==other}}...{{/path}}  the same with the value of another path
 *   {{#new date path}}...{{/new}} inside a list: once when the value in this look differs from that
 *                             of the item before, so that rows can be grouped
 *   {{>name}}                 templates/name.html; in layout.html {{>content}} is the page's own
 *
 * A path is names with dots between, a number in it the position in a list;
 * `.` is the current item, a last name `*` stands for the members of an object,
 * and `@` for the name of the current member.
 * The first name is looked for in the innermost item first, then outwards.
 *
 * The reader follows the HTML (web/place.h): a value in an attribute without
 * quotes, in a script, a style, a comment, an attribute name or an event
 * handler is refused, and so is a value inside an address that is not {{url}}.
 */
#ifndef IAP_WEB_TEMPLATE_H
#define IAP_WEB_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

enum iap_look {
	IAP_LOOK_TEXT,
	IAP_LOOK_LINK, /* {{path}} where an address begins */
	IAP_LOOK_URL,
	IAP_LOOK_JSON,
	IAP_LOOK_DATE,
	IAP_LOOK_CLOCK,
	IAP_LOOK_OFFSET,
	IAP_LOOK_STAMP,
	IAP_LOOK_DURATION,
	IAP_LOOK_SIZE,
	IAP_LOOK_NUMBER,
};

enum iap_node_kind {
	IAP_NODE_TEXT,    /* `text` as it is */
	IAP_NODE_VALUE,   /* `path` in `look` */
	IAP_NODE_SECTION, /* `children`, as `test` says */
	IAP_NODE_INCLUDE, /* the template `text` */
};

enum iap_node_test {
	IAP_TEST_PRESENT,
	IAP_TEST_TEXT,  /* equal to `operand` */
	IAP_TEST_PATH,  /* equal to the value of `other` */
	IAP_TEST_NEW,   /* `path` in `look` differs from the item before */
};

/* The names of a path; none for `.`. */
struct iap_path {
	const char **names;
	size_t count;
	bool members; /* ended with `.*` */
	bool key;     /* `@` */
};

struct iap_node {
	enum iap_node_kind kind;
	enum iap_look look;
	enum iap_node_test test;
	bool inverse;
	const char *text;
	size_t length;
	struct iap_path path;
	struct iap_path other;
	const char *operand;
	int line;
	struct iap_node *children;
	struct iap_node *next;
};

struct iap_template {
	const char *name; /* without .html */
	struct iap_node *nodes;
	struct iap_template *next;
};

/* The look a word such as "duration" names; false when it names none. */
bool iap_look_named(const char *word, enum iap_look *out);

/*
 * Reads one template. IAP_INVALID with name and line when it is not what the
 * head of this file says. What it gives back lives in `arena`, the text of
 * its nodes in `bytes`, which must live as long.
 */
IAP_MUST_CHECK enum iap_status iap_template_parse(struct iap_arena *arena, const char *name,
    const char *bytes, size_t size, struct iap_template **out, struct iap_error *err);

#endif
