/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader: yajl finds the tokens, its callbacks build the tree. yajl says
 * after each token how far it has read, which gives every value its place.
 */
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "base/text.h"

enum {
	DEPTH_MAX = 64,
	/*
	 * A tree costs some 130 bytes a value beside its texts, so "[0,0,0..." could
	 * ask for fifty times its size. Documents have a value in 20 bytes or more.
	 */
	VALUES_FREE = 16384,
	BYTES_PER_VALUE = 6,
	SORTED_FROM = 16,
	KEY_SHOWN = 64,
};

struct frame {
	struct iap_json *container;
	struct iap_json *last;
};

struct parser {
	struct iap_arena *arena;
	yajl_handle handle;
	const char *bytes;
	size_t size;
	size_t start;    /* of what yajl reads: after a byte order mark */
	size_t position; /* the end of the token before */
	struct frame frames[DEPTH_MAX];
	size_t depth;
	const char *key;
	struct iap_json *root;
	size_t values;
	bool finishing;    /* yajl counts no more: everything was handed to it */
	const char *cause; /* what a callback refused */
	size_t cause_at;
};

static int
refuse(struct parser *parser, size_t at, const char *cause)
{
	parser->cause = cause;
	parser->cause_at = at;
	return 0;
}

static bool
is_between_tokens(char c)
{
	return c == ' ' || c == '\n' || c == ',' || c == ':' || c == '\t' || c == '\r';
}

/* Where the token that yajl has just read begins and ends. */
static void
locate(struct parser *parser, size_t *begin, size_t *end)
{
	size_t at = parser->position;

	while (at < parser->size && is_between_tokens(parser->bytes[at]))
		at++;
	*begin = at;
	*end = parser->finishing ? parser->size :
	    parser->start + yajl_get_bytes_consumed(parser->handle);
	parser->position = *end;
}

/* The four hexadecimal digits after `\u`; yajl has seen that they are. */
static unsigned int
hex4(const char *digits)
{
	char copy[5] = { digits[0], digits[1], digits[2], digits[3], '\0' };

	return (unsigned int)strtoul(copy, NULL, 16);
}

/* yajl writes `?` for half a surrogate pair and lets NUL through: both would change the text. */
static const char *
check_escapes(const char *raw, size_t size)
{
	const char *first = memchr(raw, '\\', size);

	for (size_t i = first == NULL ? size : (size_t)(first - raw); i + 1 < size; i++) {
		unsigned int unit;

		if (raw[i] != '\\')
			continue;
		if (raw[++i] != 'u')
			continue;
		unit = hex4(raw + i + 1);
		i += 4;
		if (unit == 0)
			return "a NUL character in a text";
		if (unit < 0xd800 || unit > 0xdfff)
			continue;
		if (unit > 0xdbff || size - i <= 6 || raw[i + 1] != '\\' || raw[i + 2] != 'u')
			return "half a surrogate pair in a text";
		unit = hex4(raw + i + 3);
		if (unit < 0xdc00 || unit > 0xdfff)
			return "half a surrogate pair in a text";
		i += 6;
	}
	return NULL;
}

/* Hangs a value into the tree; NULL when there are too many. */
static struct iap_json *
add(struct parser *parser, enum iap_json_type type)
{
	struct frame *frame = parser->depth == 0 ? NULL : &parser->frames[parser->depth - 1];
	struct iap_json *value = iap_arena_alloc(parser->arena, sizeof *value);

	locate(parser, &value->begin, &value->end);
	value->type = type;
	if (++parser->values > VALUES_FREE + parser->size / BYTES_PER_VALUE) {
		refuse(parser, value->begin, "too many values for a document of this size");
		return NULL;
	}
	if (frame == NULL) {
		parser->root = value;
		return value;
	}
	if (frame->container->type == IAP_JSON_OBJECT)
		value->key = parser->key;
	if (frame->last == NULL)
		frame->container->first = value;
	else
		frame->last->next = value;
	frame->last = value;
	frame->container->count++;
	return value;
}

static int
on_null(void *context)
{
	return add(context, IAP_JSON_NULL) != NULL;
}

static int
on_boolean(void *context, int boolean)
{
	return add(context, boolean ? IAP_JSON_TRUE : IAP_JSON_FALSE) != NULL;
}

static int
on_number(void *context, const char *text, size_t length)
{
	struct parser *parser = context;
	struct iap_json *value = add(parser, IAP_JSON_NUMBER);

	if (value == NULL)
		return 0;
	value->text = iap_arena_copy_bytes(parser->arena, text, length);
	value->length = length;
	/* Of a number at the very end, yajl is sure only once everything is read. */
	value->end = parser->position = value->begin + length;
	return 1;
}

static int
on_string(void *context, const unsigned char *text, size_t length)
{
	struct parser *parser = context;
	struct iap_json *value = add(parser, IAP_JSON_TEXT);
	const char *cause;

	if (value == NULL)
		return 0;
	cause = check_escapes(parser->bytes + value->begin, value->end - value->begin);
	if (cause != NULL)
		return refuse(parser, value->begin, cause);
	value->text = iap_arena_copy_bytes(parser->arena, text, length);
	value->length = length;
	return 1;
}

static int
on_key(void *context, const unsigned char *text, size_t length)
{
	struct parser *parser = context;
	size_t begin, end;
	const char *cause;

	locate(parser, &begin, &end);
	cause = check_escapes(parser->bytes + begin, end - begin);
	if (cause != NULL)
		return refuse(parser, begin, cause);
	parser->key = iap_arena_copy_bytes(parser->arena, text, length);
	return 1;
}

static int
begin_container(struct parser *parser, enum iap_json_type type)
{
	struct iap_json *value = add(parser, type);

	if (value == NULL)
		return 0;
	if (parser->depth == DEPTH_MAX)
		return refuse(parser, value->begin, "more than 64 levels");
	parser->frames[parser->depth++] = (struct frame){ .container = value };
	return 1;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct iap_json *const *left = a, *const *right = b;
	int order = strcmp((*left)->key, (*right)->key);

	return order != 0 ? order : ((*left)->begin > (*right)->begin) * 2 - 1;
}

/* The second member of a name that the object has twice, or NULL. */
static const struct iap_json *
find_duplicate(struct iap_arena *arena, const struct iap_json *object)
{
	const struct iap_json **members;
	size_t count = 0;

	if (object->count < SORTED_FROM) {
		for (const struct iap_json *a = object->first; a != NULL; a = a->next)
			for (const struct iap_json *b = a->next; b != NULL; b = b->next)
				if (strcmp(a->key, b->key) == 0)
					return b;
		return NULL;
	}
	members = iap_arena_array(arena, object->count, sizeof *members);
	for (const struct iap_json *member = object->first; member != NULL; member = member->next)
		members[count++] = member;
	qsort(members, count, sizeof *members, compare_keys);
	for (size_t i = 1; i < count; i++)
		if (strcmp(members[i - 1]->key, members[i]->key) == 0)
			return members[i];
	return NULL;
}

/* As much of a key as a message shows: whole characters only. */
static int
shown_length(const char *key)
{
	size_t length = strnlen(key, KEY_SHOWN);

	while (length > 0 && ((unsigned char)key[length] & 0xc0) == 0x80)
		length--;
	return (int)length;
}

static int
end_container(struct parser *parser)
{
	struct iap_json *container = parser->frames[--parser->depth].container;
	const struct iap_json *duplicate;
	size_t begin;

	locate(parser, &begin, &container->end);
	if (container->type != IAP_JSON_OBJECT)
		return 1;
	duplicate = find_duplicate(parser->arena, container);
	if (duplicate == NULL)
		return 1;
	return refuse(parser, duplicate->begin,
	    iap_arena_format(parser->arena, "the key \"%.*s\" twice in one object",
	    shown_length(duplicate->key), duplicate->key));
}

static int
on_object_begin(void *context)
{
	return begin_container(context, IAP_JSON_OBJECT);
}

static int
on_array_begin(void *context)
{
	return begin_container(context, IAP_JSON_ARRAY);
}

static int
on_end(void *context)
{
	return end_container(context);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object_begin,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_array_begin,
	.yajl_end_array = on_end,
};

/* Whether the line at `at` holds the quotation marks of a word processor. */
static bool
has_typographic_quotes(const char *bytes, size_t size, size_t at)
{
	size_t begin = at, end = at;

	while (begin > 0 && bytes[begin - 1] != '\n')
		begin--;
	/* A text that such a mark should have ended runs on to the line after. */
	if (begin > 0)
		begin--;
	while (begin > 0 && bytes[begin - 1] != '\n')
		begin--;
	while (end < size && bytes[end] != '\n')
		end++;
	for (size_t i = begin; i + 2 < end; i++)
		if (memcmp(bytes + i, "\xe2\x80", 2) == 0 && (unsigned char)bytes[i + 2] >= 0x9c &&
		    (unsigned char)bytes[i + 2] <= 0x9f)
			return true;
	return false;
}

static enum iap_status
complain(const struct parser *parser, size_t at, const char *cause, struct iap_error *err)
{
	size_t line = 1, column = 1;

	for (size_t i = parser->start; i < at && i < parser->size; i++) {
		if (parser->bytes[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)parser->bytes[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return iap_error_set(err, IAP_CORRUPT, "line %zu, column %zu: %s%s", line, column, cause,
	    has_typographic_quotes(parser->bytes, parser->size, at) ?
	    " (typographic quotation marks nearby)" : "");
}

/* The cause in the words of yajl, without its prefix, position and newline. */
static const char *
yajl_cause(struct parser *parser)
{
	unsigned char *text = yajl_get_error(parser->handle, 0, NULL, 0);
	char *cause = iap_arena_copy(parser->arena, (const char *)text);
	size_t length = strlen(cause);
	const char *colon = strstr(cause, "error: ");

	yajl_free_error(parser->handle, text);
	while (length > 0 && cause[length - 1] == '\n')
		cause[--length] = '\0';
	return colon == NULL ? cause : colon + strlen("error: ");
}

static void
free_handle(yajl_handle *handle)
{
	yajl_free(*handle);
}

static enum iap_status
run(struct parser *parser, struct iap_error *err)
{
	const unsigned char *input = (const unsigned char *)parser->bytes + parser->start;
	yajl_status status = yajl_parse(parser->handle, input, parser->size - parser->start);
	size_t consumed = yajl_get_bytes_consumed(parser->handle);

	if (status == yajl_status_ok) {
		parser->finishing = true;
		consumed = parser->size - parser->start;
		status = yajl_complete_parse(parser->handle);
	}
	if (parser->cause != NULL)
		return complain(parser, parser->cause_at, parser->cause, err);
	if (status != yajl_status_ok && parser->finishing)
		return complain(parser, parser->size, "the document ends too early", err);
	if (status != yajl_status_ok)
		return complain(parser, parser->start + consumed, yajl_cause(parser), err);
	if (parser->root == NULL || parser->depth != 0)
		return complain(parser, parser->size, "the document ends too early", err);
	return IAP_OK;
}

/* The first byte that is not part of a well-formed character. */
static size_t
find_bad_byte(const char *bytes, size_t size)
{
	size_t good = 0;

	while (good < size) {
		size_t length = 1;

		while (length <= 4 && good + length <= size &&
		    !iap_text_is_utf8(bytes + good, length))
			length++;
		if (length > 4 || good + length > size)
			return good;
		good += length;
	}
	return good;
}

static size_t
find_control(const char *bytes, size_t size)
{
	const char *tab = memchr(bytes, '\v', size), *feed = memchr(bytes, '\f', size);
	const char *first = tab == NULL || (feed != NULL && feed < tab) ? feed : tab;

	return first == NULL ? size : (size_t)(first - bytes);
}

enum iap_status
iap_json_parse(struct iap_arena *arena, const char *bytes, size_t size, struct iap_json **out,
    struct iap_error *err)
{
	struct parser parser = { .arena = arena, .bytes = bytes, .size = size };
	size_t control;

	if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		parser.start = parser.position = 3;
	if (size == parser.start)
		return iap_error_set(err, IAP_CORRUPT, "the document is empty");
	if (!iap_text_is_utf8(bytes, size))
		return complain(&parser, find_bad_byte(bytes, size), "not UTF-8", err);

	/* yajl takes form feed and vertical tab for blanks; JSON has no place for either. */
	control = find_control(bytes, size);
	if (control < size)
		return complain(&parser, control, "a control character", err);

	IAP_CLEANUP(free_handle) yajl_handle handle = yajl_alloc(&callbacks, NULL, &parser);

	parser.handle = handle;
	if (handle == NULL)
		return iap_error_set(err, IAP_FAILED, "json: out of memory");
	if (run(&parser, err) != IAP_OK)
		return err->status;
	*out = parser.root;
	return IAP_OK;
}
