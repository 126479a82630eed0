/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML as object stores answer it: elements, their text, one attribute now and
 * then. Which parser reads it is this folder's secret. Strict: a document
 * type (and so every entity but the five of XML itself) is refused before the
 * parser sees the document, as are NUL bytes, anything but UTF-8, more than
 * 32 levels, 100,000 elements or 8 MiB. Nothing outside the document is ever read.
 */
#ifndef IAP_XML_XML_H
#define IAP_XML_XML_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

enum { IAP_XML_LIMIT = 8 * 1024 * 1024 };

struct iap_xml_attribute {
	const char *name; /* without its prefix */
	const char *value;
	const struct iap_xml_attribute *next;
};

struct iap_xml {
	const char *name;      /* of the element, without its prefix */
	const char *text;      /* all character data directly inside it; "" when there is none */
	const struct iap_xml_attribute *attributes;
	struct iap_xml *first; /* elements inside it */
	struct iap_xml *next;  /* the element after it */
};

/*
 * Reads one document of `size` bytes; *out is its root element. IAP_CORRUPT
 * with line and cause when it is not what the head of this file says.
 */
IAP_MUST_CHECK enum iap_status iap_xml_parse(struct iap_arena *arena, const char *bytes,
    size_t size, struct iap_xml **out, struct iap_error *err);

/* The first element `name` inside `xml`; NULL when absent or when `xml` is NULL. */
const struct iap_xml *iap_xml_find(const struct iap_xml *xml, const char *name);

/* The next sibling of the same name, or NULL. */
const struct iap_xml *iap_xml_find_next(const struct iap_xml *xml);

/* The text of the first element `name` inside `xml`; NULL as iap_xml_find(). */
const char *iap_xml_text(const struct iap_xml *xml, const char *name);

/* The value of the attribute `name` of `xml`; NULL when absent or when `xml` is NULL. */
const char *iap_xml_attribute(const struct iap_xml *xml, const char *name);

#endif
