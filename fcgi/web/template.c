/* SPDX-License-Identifier: Apache-2.0 */
#include "web/template.h"

#include <string.h>

#include "web/place.h"

enum { MAX_DEPTH = 32, MAX_NAMES = 8 };

struct reader {
	struct iap_arena *arena;
	const char *name;
	const char *bytes;
	size_t size;
	size_t at;
	int depth;
	struct iap_place place;
	struct iap_error *err;
};

/* What stands between {{ and }}: its first sign, and the rest without blanks around it. */
struct tag {
	char sign; /* # ^ / > or 0 */
	const char *body;
	size_t begin, end; /* of the whole tag in the file */
	int line;
};

static const struct { const char *word; enum iap_look look; } looks[] = {
	{ "url", IAP_LOOK_URL }, { "json", IAP_LOOK_JSON }, { "date", IAP_LOOK_DATE },
	{ "clock", IAP_LOOK_CLOCK }, { "offset", IAP_LOOK_OFFSET }, { "stamp", IAP_LOOK_STAMP },
	{ "duration", IAP_LOOK_DURATION }, { "size", IAP_LOOK_SIZE }, { "number", IAP_LOOK_NUMBER },
};

bool
iap_look_named(const char *word, enum iap_look *out)
{
	for (size_t i = 0; i < IAP_LENGTH(looks); i++) {
		if (strcmp(looks[i].word, word) == 0) {
			*out = looks[i].look;
			return true;
		}
	}
	return false;
}

static int
line_at(const struct reader *reader, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at; i++)
		line += reader->bytes[i] == '\n';
	return line;
}

static enum iap_status
complain(struct reader *reader, int line, const char *what, const char *which)
{
	return iap_error_set(reader->err, IAP_INVALID, "templates/%s.html:%d: %s%s%s%s",
	    reader->name, line, what, which == NULL ? "" : ": {{", which == NULL ? "" : which,
	    which == NULL ? "" : "}}");
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* `text` without the blanks around it, copied. */
static char *
trimmed(struct iap_arena *arena, const char *text, size_t length)
{
	while (length > 0 && is_blank(text[0])) {
		text++;
		length--;
	}
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	return iap_arena_copy_bytes(arena, text, length);
}

/* Finds the next tag from where the reader stands; false when there is none. */
static bool
find_tag(const struct reader *reader, size_t *begin_out, size_t *end_out)
{
	const char *begin = memmem(reader->bytes + reader->at, reader->size - reader->at, "{{", 2);
	const char *end;

	if (begin == NULL)
		return false;
	*begin_out = (size_t)(begin - reader->bytes);
	end = memmem(begin, reader->size - *begin_out, "}}", 2);
	*end_out = end == NULL ? 0 : (size_t)(end - reader->bytes) + 2;
	return true;
}

static enum iap_status
read_tag(struct reader *reader, size_t begin, size_t end, struct tag *out)
{
	const char *inside = reader->bytes + begin + 2;
	size_t length;

	*out = (struct tag){ .begin = begin, .end = end, .line = line_at(reader, begin) };
	if (end == 0)
		return complain(reader, out->line, "{{ without }}", NULL);
	length = end - begin - 4;
	if (length > 0 && strchr("#^/>", inside[0]) != NULL) {
		out->sign = inside[0];
		inside++;
		length--;
	}
	out->body = trimmed(reader->arena, inside, length);
	if (out->body[0] == '\0')
		return complain(reader, out->line, "a tag without a name", NULL);
	return IAP_OK;
}

/*
 * A tag of a section or include that stands alone on its line takes the whole
 * line with it, so that pages are not full of empty lines.
 */
static void
take_line(const struct reader *reader, struct tag *tag)
{
	size_t begin = tag->begin, end = tag->end;

	while (begin > reader->at && is_blank(reader->bytes[begin - 1]))
		begin--;
	while (end < reader->size && is_blank(reader->bytes[end]))
		end++;
	if (begin != 0 && reader->bytes[begin - 1] != '\n')
		return;
	if (end < reader->size && reader->bytes[end] != '\n')
		return;
	tag->begin = begin;
	tag->end = end < reader->size ? end + 1 : end;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == '-';
}

/* Splits "a.b.c"; false when it is no path. */
static bool
read_path(struct iap_arena *arena, const char *text, struct iap_path *out)
{
	*out = (struct iap_path){ .names = iap_arena_array(arena, MAX_NAMES, sizeof(char *)) };
	if (strcmp(text, ".") == 0)
		return true;
	out->key = strcmp(text, "@") == 0;
	if (out->key)
		return true;
	for (;;) {
		size_t length = 0;

		if (strcmp(text, "*") == 0 && out->count > 0) {
			out->members = true;
			return true;
		}
		while (is_name_char(text[length]))
			length++;
		if (length == 0 || out->count == MAX_NAMES)
			return false;
		out->names[out->count++] = iap_arena_copy_bytes(arena, text, length);
		if (text[length] == '\0')
			return true;
		if (text[length] != '.')
			return false;
		text += length + 1;
	}
}

/* "look path" or "path". */
static bool
read_look_and_path(struct iap_arena *arena, const char *text, struct iap_node *node)
{
	const char *blank = strpbrk(text, " \t");
	char *word;

	node->look = IAP_LOOK_TEXT;
	if (blank == NULL)
		return read_path(arena, text, &node->path);
	word = iap_arena_copy_bytes(arena, text, (size_t)(blank - text));
	if (!iap_look_named(word, &node->look))
		return false;
	return read_path(arena, trimmed(arena, blank, strlen(blank)), &node->path);
}

/* Whether a value may stand here, and in which look. */
static enum iap_status
check_place(struct reader *reader, const struct tag *tag, struct iap_node *node)
{
	struct iap_place *place = &reader->place;
	bool in_quotes = place->kind == IAP_PLACE_QUOTED;

	if (place->kind == IAP_PLACE_JSON) {
		if (node->look != IAP_LOOK_JSON)
			return complain(reader, tag->line, "only {{json path}} in a script", tag->body);
		return IAP_OK;
	}
	if (place->kind != IAP_PLACE_TEXT && !in_quotes)
		return complain(reader, tag->line, "a value cannot be escaped here", tag->body);
	if (node->look == IAP_LOOK_JSON)
		return complain(reader, tag->line,
		    "json belongs into <script type=\"application/json\">", tag->body);
	if (!in_quotes)
		return IAP_OK;
	if (iap_place_is_active(place))
		return complain(reader, tag->line, "no value in what a browser runs", tag->body);
	if (iap_place_is_address(place) && node->look != IAP_LOOK_URL) {
		if (place->begun || node->look != IAP_LOOK_TEXT)
			return complain(reader, tag->line, "a part of an address is {{url path}}", tag->body);
		node->look = IAP_LOOK_LINK;
	}
	place->begun = true;
	return IAP_OK;
}

static enum iap_status
read_value(struct reader *reader, const struct tag *tag, struct iap_node *node)
{
	node->kind = IAP_NODE_VALUE;
	if (!read_look_and_path(reader->arena, tag->body, node) || node->path.members)
		return complain(reader, tag->line, "neither a path nor a look and a path", tag->body);
	return check_place(reader, tag, node);
}

static enum iap_status
read_include(struct reader *reader, const struct tag *tag, struct iap_node *node)
{
	node->kind = IAP_NODE_INCLUDE;
	node->text = tag->body;
	if (reader->place.kind != IAP_PLACE_TEXT)
		return complain(reader, tag->line, "an include stands between tags only", tag->body);
	return IAP_OK;
}

/* The condition of a section; *closing_out is what its end says. */
static enum iap_status
read_test(struct reader *reader, const struct tag *tag, struct iap_node *node,
    const char **closing_out)
{
	const char *equals = strchr(tag->body, '=');
	const char *path = tag->body;
	bool fine;

	*closing_out = path;
	if (strncmp(path, "new ", 4) == 0) {
		node->test = IAP_TEST_NEW;
		*closing_out = "new";
		fine = read_look_and_path(reader->arena, trimmed(reader->arena, path + 4,
		    strlen(path + 4)), node);
	} else if (equals != NULL) {
		bool is_path = equals[1] == '=';

		path = trimmed(reader->arena, path, (size_t)(equals - path));
		equals += is_path ? 2 : 1;
		node->test = is_path ? IAP_TEST_PATH : IAP_TEST_TEXT;
		node->operand = trimmed(reader->arena, equals, strlen(equals));
		*closing_out = path;
		fine = read_path(reader->arena, path, &node->path) &&
		    (!is_path || read_path(reader->arena, node->operand, &node->other));
	} else {
		fine = read_path(reader->arena, path, &node->path);
	}
	return fine ? IAP_OK : complain(reader, tag->line, "not a condition", tag->body);
}

static enum iap_status read_nodes(struct reader *reader, const char *closing, int opened,
    struct iap_node **out);

static bool
is_in_tag(const struct iap_place *place)
{
	return place->kind == IAP_PLACE_TAG || place->kind == IAP_PLACE_NAME ||
	    (place->kind == IAP_PLACE_OPEN && place->tag[0] != '\0');
}

/* Whether one of `signs` comes next. */
static bool
is_next(const struct reader *reader, const char *signs)
{
	return reader->at < reader->size && strchr(signs, reader->bytes[reader->at]) != NULL;
}

static enum iap_status
read_section(struct reader *reader, const struct tag *tag, struct iap_node *node)
{
	struct iap_place before = reader->place;
	const char *closing;

	node->kind = IAP_NODE_SECTION;
	node->inverse = tag->sign == '^';
	if (before.kind != IAP_PLACE_TEXT && before.kind != IAP_PLACE_QUOTED && !is_in_tag(&before))
		return complain(reader, tag->line, "a section cannot stand here", tag->body);
	/* Or the name of an attribute would depend on what is left out. */
	if (is_in_tag(&before) && before.kind != IAP_PLACE_TAG && !is_next(reader, " \n"))
		return complain(reader, tag->line, "a section of attributes begins with a blank", tag->body);
	if (++reader->depth > MAX_DEPTH)
		return complain(reader, tag->line, "sections nested too deep", tag->body);
	if (read_test(reader, tag, node, &closing) != IAP_OK)
		return reader->err->status;
	if (read_nodes(reader, closing, tag->line, &node->children) != IAP_OK)
		return reader->err->status;
	reader->depth--;
	/* It may be left out or repeated, so it must end where it began. */
	if (!iap_place_same(&before, &reader->place))
		return complain(reader, tag->line, "the section ends in another place of the HTML", tag->body);
	if (is_in_tag(&before) && !is_next(reader, " \n/>{"))
		return complain(reader, tag->line, "after a section of attributes comes a blank", tag->body);
	reader->place.begun = reader->place.begun || before.begun;
	return IAP_OK;
}

static struct iap_node *
append(struct reader *reader, struct iap_node ***end, int line)
{
	struct iap_node *node = iap_arena_alloc(reader->arena, sizeof(*node));

	node->line = line;
	**end = node;
	*end = &node->next;
	return node;
}

static void
add_text(struct reader *reader, size_t until, struct iap_node ***end)
{
	struct iap_node *node;

	if (until == reader->at)
		return;
	node = append(reader, end, line_at(reader, reader->at));
	node->kind = IAP_NODE_TEXT;
	node->text = reader->bytes + reader->at;
	node->length = until - reader->at;
	iap_place_pass(&reader->place, node->text, node->length);
}

/* Reads until the section `closing` ends, or the file when it is NULL. */
static enum iap_status
read_nodes(struct reader *reader, const char *closing, int opened, struct iap_node **out)
{
	struct iap_node **end = out;
	size_t tag_begin, tag_end;

	while (find_tag(reader, &tag_begin, &tag_end)) {
		struct iap_node *node;
		struct tag tag;
		enum iap_status status;

		if (read_tag(reader, tag_begin, tag_end, &tag) != IAP_OK)
			return reader->err->status;
		if (tag.sign != 0)
			take_line(reader, &tag);
		add_text(reader, tag.begin, &end);
		reader->at = tag.end;
		if (tag.sign == '/') {
			if (closing != NULL && strcmp(tag.body, closing) == 0)
				return IAP_OK;
			return complain(reader, tag.line, closing == NULL ? "ends a section that none began" :
			    "ends another section than was begun", tag.body);
		}
		node = append(reader, &end, tag.line);
		status = tag.sign == '>' ? read_include(reader, &tag, node) :
		    tag.sign == 0 ? read_value(reader, &tag, node) : read_section(reader, &tag, node);
		if (status != IAP_OK)
			return status;
	}
	add_text(reader, reader->size, &end);
	reader->at = reader->size;
	if (closing != NULL)
		return complain(reader, opened, "a section without an end", closing);
	return IAP_OK;
}

enum iap_status
iap_template_parse(struct iap_arena *arena, const char *name, const char *bytes, size_t size,
    struct iap_template **out, struct iap_error *err)
{
	struct reader reader = { .arena = arena, .name = name, .bytes = bytes, .size = size,
		.err = err };
	struct iap_template *read = iap_arena_alloc(arena, sizeof(*read));

	read->name = iap_arena_copy(arena, name);
	if (read_nodes(&reader, NULL, 1, &read->nodes) != IAP_OK)
		return err->status;
	if (reader.place.kind != IAP_PLACE_TEXT)
		return complain(&reader, line_at(&reader, size), "the HTML ends inside a tag or a script", NULL);
	*out = read;
	return IAP_OK;
}
