/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/division.h"

#include <stdlib.h>
#include <string.h>

#include "archive/field.h"
#include "base/text.h"

enum part_kind { PARTITIONS, ACCESSGROUPS, TENANT, ATTRIBUTE, FIXED };

struct part {
	enum part_kind kind;
	const char *value; /* the key of ATTRIBUTE, the name of FIXED */
};

struct iap_division_rule {
	size_t count;
	struct part parts[];
};

/* The longest division that the database keeps; a longer one would be cut to another's name. */
enum { DIVISION_MAX = 255 };

static bool
parse_part(const char *word, struct part *out)
{
	static const struct { const char *word; enum part_kind kind; } words[] = {
		{ "partitions", PARTITIONS },
		{ "accessgroups", ACCESSGROUPS },
		{ "tenant", TENANT },
	};

	for (size_t i = 0; i < IAP_LENGTH(words); i++)
		if (strcmp(word, words[i].word) == 0) {
			*out = (struct part){ .kind = words[i].kind };
			return true;
		}
	if (iap_text_begins(word, "attr:"))
		*out = (struct part){ ATTRIBUTE, word + strlen("attr:") };
	else if (iap_text_begins(word, "fixed:"))
		*out = (struct part){ FIXED, word + strlen("fixed:") };
	else
		return false;
	return *out->value != '\0';
}

static size_t
count_commas(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == ',';
	return count;
}

enum iap_status
iap_division_rule_parse(struct iap_arena *arena, const char *text,
    struct iap_division_rule **out, struct iap_error *err)
{
	struct iap_division_rule *rule;

	if (text == NULL || *text == '\0')
		text = IAP_DIVISION_RULE_DEFAULT;
	rule = iap_arena_alloc(arena,
	    sizeof *rule + (count_commas(text) + 1) * sizeof rule->parts[0]);
	for (;;) {
		size_t length = strcspn(text, ","), begin = strspn(text, " "), end = length;
		const char *word;

		while (end > begin && text[end - 1] == ' ')
			end--;
		word = iap_arena_copy_bytes(arena, text + begin, end - begin);
		if (!parse_part(word, &rule->parts[rule->count++]))
			return iap_error_set(err, IAP_INVALID, "\"%.100s\" is no division rule: "
			    "partitions, accessgroups, tenant, attr:KEY or fixed:NAME", word);
		if (text[length] == '\0')
			break;
		text += length + 1;
	}
	*out = rule;
	return IAP_OK;
}

static void
add_division(struct iap_arena *arena, struct iap_texts *divisions, const char *path)
{
	size_t begin = strspn(path, " "), end = strlen(path);

	while (end > begin && (path[end - 1] == ' ' || path[end - 1] == '/'))
		end--;
	if (end > begin && end - begin <= DIVISION_MAX)
		iap_texts_add(arena, divisions,
		    iap_arena_copy_bytes(arena, path + begin, end - begin));
}

static void
add_all(struct iap_arena *arena, struct iap_texts *divisions, const struct iap_texts *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		add_division(arena, divisions, paths->items[i]);
}

static void
add_attribute(struct iap_arena *arena, struct iap_texts *divisions,
    const struct iap_metadata *metadata, const char *key)
{
	for (size_t i = 0; i < metadata->attribute_count; i++) {
		const char *value = metadata->attributes[i].value;

		if (strcmp(metadata->attributes[i].key, key) != 0 || metadata->attributes[i].secret)
			continue;
		while (*value != '\0') {
			size_t length = strcspn(value, ",");

			add_division(arena, divisions, iap_arena_copy_bytes(arena, value, length));
			value += length + (value[length] == ',');
		}
	}
}

static int
compare_texts(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

struct iap_texts
iap_divisions_of(const struct iap_division_rule *rule, struct iap_arena *arena,
    const struct iap_metadata *metadata)
{
	struct iap_texts divisions = { 0 };

	for (size_t i = 0; i < rule->count; i++) {
		const struct part *part = &rule->parts[i];

		switch (part->kind) {
		case PARTITIONS:
			add_all(arena, &divisions, &metadata->partitions);
			break;
		case ACCESSGROUPS:
			add_all(arena, &divisions, &metadata->accessgroups);
			break;
		case TENANT:
			add_all(arena, &divisions, &metadata->tenants);
			break;
		case ATTRIBUTE:
			add_attribute(arena, &divisions, metadata, part->value);
			break;
		case FIXED:
			add_division(arena, &divisions, part->value);
			break;
		}
	}
	if (divisions.count > 0)
		qsort(divisions.items, divisions.count, sizeof *divisions.items, compare_texts);
	return divisions;
}
