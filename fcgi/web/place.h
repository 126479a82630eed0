/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in an HTML page the reader of a template stands: what a value must be
 * escaped for is decided by its place. Follows the tokenizer of the HTML
 * standard (13.2.5) as far as well-kept templates need it.
 */
#ifndef IAP_WEB_PLACE_H
#define IAP_WEB_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum iap_place_kind {
	IAP_PLACE_TEXT,     /* between tags */
	IAP_PLACE_OPEN,     /* after <, in the name of a tag */
	IAP_PLACE_TAG,      /* inside a tag, between attributes */
	IAP_PLACE_NAME,     /* in the name of an attribute */
	IAP_PLACE_EQUALS,   /* after its = */
	IAP_PLACE_BARE,     /* in a value without quotes */
	IAP_PLACE_QUOTED,   /* in a value with quotes */
	IAP_PLACE_SCRIPT,   /* in a script or style element */
	IAP_PLACE_JSON,     /* in a script element of type application/json */
	IAP_PLACE_COMMENT,  /* in a comment or a doctype */
};

struct iap_place {
	enum iap_place_kind kind;
	char quote;         /* of IAP_PLACE_QUOTED */
	bool begun;         /* the quoted value holds something already */
	bool closing;       /* the tag is an end tag */
	bool is_json;       /* the tag said type="application/json" */
	char tag[24];
	char attribute[24];
	char value[24];     /* the beginning of the quoted value */
	char tail[16];      /* the last bytes, to find the end of scripts and comments */
};

/* Moves `place` over `size` bytes of HTML. */
void iap_place_pass(struct iap_place *place, const char *bytes, size_t size);

/* Whether two places ask for the same escaping. */
bool iap_place_same(const struct iap_place *one, const struct iap_place *two);

/* Whether the attribute at this place holds an address. */
bool iap_place_is_address(const struct iap_place *place);

/* Whether the attribute at this place is run by the browser: onclick, style, srcdoc. */
bool iap_place_is_active(const struct iap_place *place);

#endif
