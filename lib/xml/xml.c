/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/xml.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { DEPTH_LIMIT = 32, NODE_LIMIT = 100000 };

/*
 * Without NOENT the parser keeps references to entities as they are, without
 * DTDLOAD it fetches nothing, without HUGE its own limits hold. An encoding
 * that the document claims is not believed.
 */
static const int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT |
    XML_PARSE_IGNORE_ENC;

/* The elements that are open, outermost first. */
struct parse {
	struct iap_arena *arena;
	xmlTextReader *reader;
	struct iap_xml *root;
	struct {
		struct iap_xml *element;
		struct iap_xml *last; /* of the elements inside it */
		struct iap_buf text;
	} open[DEPTH_LIMIT];
	size_t depth;
	size_t nodes; /* elements and attributes so far */
	char cause[200]; /* what the parser said first */
};

static void
close_reader(xmlTextReader **reader)
{
	if (*reader != NULL)
		xmlFreeTextReader(*reader);
}

static void
keep_cause(void *context, xmlErrorPtr error)
{
	struct parse *parse = context;
	size_t length;

	if (parse->cause[0] != '\0' || error == NULL || error->message == NULL)
		return;
	length = strcspn(error->message, "\n");
	if (length >= sizeof parse->cause)
		length = sizeof parse->cause - 1;
	memcpy(parse->cause, error->message, length);
}

static enum iap_status
refuse(const struct parse *parse, const char *cause, struct iap_error *err)
{
	return iap_error_set(err, IAP_CORRUPT, "xml: line %d: %s",
	    xmlTextReaderGetParserLineNumber(parse->reader), cause);
}

static void
read_attributes(struct parse *parse, struct iap_xml *element)
{
	while (xmlTextReaderMoveToNextAttribute(parse->reader) == 1) {
		const xmlChar *value = xmlTextReaderConstValue(parse->reader);
		struct iap_xml_attribute *attribute =
		    iap_arena_alloc(parse->arena, sizeof *attribute);

		parse->nodes++;
		attribute->name = iap_arena_copy(parse->arena,
		    (const char *)xmlTextReaderConstLocalName(parse->reader));
		attribute->value = value == NULL ? "" :
		    iap_arena_copy(parse->arena, (const char *)value);
		attribute->next = element->attributes;
		element->attributes = attribute;
	}
	xmlTextReaderMoveToElement(parse->reader);
}

static void
close_element(struct parse *parse)
{
	parse->depth--;
	if (parse->open[parse->depth].text.length != 0)
		parse->open[parse->depth].element->text = parse->open[parse->depth].text.bytes;
}

static enum iap_status
open_element(struct parse *parse, struct iap_error *err)
{
	struct iap_xml *element = iap_arena_alloc(parse->arena, sizeof *element);
	bool empty = xmlTextReaderIsEmptyElement(parse->reader) == 1;

	if (parse->depth == DEPTH_LIMIT)
		return refuse(parse, "more than 32 levels", err);
	if (++parse->nodes > NODE_LIMIT)
		return refuse(parse, "more than 100000 elements", err);
	element->name = iap_arena_copy(parse->arena,
	    (const char *)xmlTextReaderConstLocalName(parse->reader));
	element->text = "";
	if (parse->depth == 0)
		parse->root = element;
	else if (parse->open[parse->depth - 1].last == NULL)
		parse->open[parse->depth - 1].element->first = element;
	else
		parse->open[parse->depth - 1].last->next = element;
	if (parse->depth != 0)
		parse->open[parse->depth - 1].last = element;
	read_attributes(parse, element);
	parse->open[parse->depth].element = element;
	parse->open[parse->depth].last = NULL;
	parse->open[parse->depth].text = (struct iap_buf){ 0 };
	parse->depth++;
	if (empty)
		close_element(parse);
	return IAP_OK;
}

/* Text may come in several pieces, and a comment inside it ends none. */
static void
add_text(struct parse *parse)
{
	const xmlChar *value = xmlTextReaderConstValue(parse->reader);
	struct iap_buf *text;

	if (value == NULL || parse->depth == 0)
		return;
	text = &parse->open[parse->depth - 1].text;
	if (text->arena == NULL)
		iap_buf_open(text, parse->arena);
	iap_buf_text(text, (const char *)value);
}

static enum iap_status
read_node(struct parse *parse, struct iap_error *err)
{
	switch (xmlTextReaderNodeType(parse->reader)) {
	case XML_READER_TYPE_ELEMENT:
		return open_element(parse, err);
	case XML_READER_TYPE_END_ELEMENT:
		close_element(parse);
		return IAP_OK;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_WHITESPACE:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
		add_text(parse);
		return IAP_OK;
	case XML_READER_TYPE_COMMENT:
	case XML_READER_TYPE_PROCESSING_INSTRUCTION:
		return IAP_OK;
	default:
		return refuse(parse, "an entity or a document type", err);
	}
}

/* What can be said before any parser has seen the document. */
static enum iap_status
check_bytes(const char *bytes, size_t size, struct iap_error *err)
{
	if (size > IAP_XML_LIMIT)
		return iap_error_set(err, IAP_CORRUPT, "xml: more than %d bytes", IAP_XML_LIMIT);
	if (memchr(bytes, '\0', size) != NULL || !iap_text_is_utf8(bytes, size))
		return iap_error_set(err, IAP_CORRUPT, "xml: not UTF-8");
	if (memmem(bytes, size, "<!DOCTYPE", 9) != NULL)
		return iap_error_set(err, IAP_CORRUPT, "xml: a document type is not allowed");
	return IAP_OK;
}

enum iap_status
iap_xml_parse(struct iap_arena *arena, const char *bytes, size_t size, struct iap_xml **out,
    struct iap_error *err)
{
	IAP_CLEANUP(close_reader) xmlTextReader *reader = NULL;
	struct parse parse = { .arena = arena };
	int more;

	if (check_bytes(bytes, size, err) != IAP_OK)
		return err->status;
	reader = xmlReaderForMemory(bytes, (int)size, NULL, "UTF-8", options);
	if (reader == NULL)
		return iap_error_set(err, IAP_CORRUPT, "xml: no document");
	parse.reader = reader;
	xmlTextReaderSetStructuredErrorHandler(reader, keep_cause, &parse);
	while ((more = xmlTextReaderRead(reader)) == 1)
		if (read_node(&parse, err) != IAP_OK)
			return err->status;
	if (more != 0 || parse.root == NULL || parse.cause[0] != '\0')
		return refuse(&parse, parse.cause[0] != '\0' ? parse.cause : "no element", err);
	*out = parse.root;
	return IAP_OK;
}

const struct iap_xml *
iap_xml_find(const struct iap_xml *xml, const char *name)
{
	for (const struct iap_xml *at = xml == NULL ? NULL : xml->first; at != NULL; at = at->next)
		if (strcmp(at->name, name) == 0)
			return at;
	return NULL;
}

const struct iap_xml *
iap_xml_find_next(const struct iap_xml *xml)
{
	for (const struct iap_xml *at = xml->next; at != NULL; at = at->next)
		if (strcmp(at->name, xml->name) == 0)
			return at;
	return NULL;
}

const char *
iap_xml_text(const struct iap_xml *xml, const char *name)
{
	const struct iap_xml *found = iap_xml_find(xml, name);

	return found == NULL ? NULL : found->text;
}

const char *
iap_xml_attribute(const struct iap_xml *xml, const char *name)
{
	const struct iap_xml_attribute *at = xml == NULL ? NULL : xml->attributes;

	for (; at != NULL; at = at->next)
		if (strcmp(at->name, name) == 0)
			return at->value;
	return NULL;
}
