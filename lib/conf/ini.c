/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/ini.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"

enum { FILE_LIMIT = 256 * 1024 };

/* Cuts blanks (and the CR of a CR LF) from both ends, in place. */
static char *
trim(char *text)
{
	static const char blanks[] = " \t\r";
	size_t length;

	text += strspn(text, blanks);
	length = strlen(text);
	while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
		text[--length] = '\0';
	return text;
}

static enum iap_status
parse_section(const struct iap_ini *ini, unsigned int line, char *text, const char **section,
    struct iap_error *err)
{
	size_t length = strlen(text);

	if (length < 3 || text[length - 1] != ']')
		return iap_error_set(err, IAP_INVALID, "%s:%u: a section is written [name]",
		    ini->path, line);
	text[length - 1] = '\0';
	*section = trim(text + 1);
	return IAP_OK;
}

static enum iap_status
parse_entry(struct iap_ini *ini, unsigned int line, char *text, const char *section,
    struct iap_error *err)
{
	char *equals = strchr(text, '=');
	const struct iap_ini_entry *earlier;
	const char *key;

	if (equals == NULL || equals == text)
		return iap_error_set(err, IAP_INVALID,
		    "%s:%u: neither [section] nor key = value nor a comment", ini->path, line);
	*equals = '\0';
	key = trim(text);
	earlier = iap_ini_find(ini, section, key);
	if (earlier != NULL)
		return iap_error_set(err, IAP_INVALID, "%s:%u: %s is already set in line %u",
		    ini->path, line, key, earlier->line);
	ini->entries[ini->count++] = (struct iap_ini_entry){
		.section = section, .key = key, .value = trim(equals + 1), .line = line,
	};
	return IAP_OK;
}

static size_t
count_lines(const char *text)
{
	size_t lines = 1;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

enum iap_status
iap_ini_parse(struct iap_arena *arena, const char *path, const char *text, size_t size,
    struct iap_ini *out, struct iap_error *err)
{
	char *rest = iap_arena_copy_bytes(arena, text, size);
	const char *section = "";
	unsigned int line = 0;

	*out = (struct iap_ini){ .path = path };
	if (memchr(text, '\0', size) != NULL || !iap_text_is_utf8(text, size))
		return iap_error_set(err, IAP_INVALID, "%s: not UTF-8 text", path);
	out->entries = iap_arena_array(arena, count_lines(rest), sizeof *out->entries);
	if (iap_text_begins(rest, "\xef\xbb\xbf"))
		rest += 3;
	while (rest != NULL) {
		char *content = trim(strsep(&rest, "\n"));

		line++;
		if (*content == '\0' || *content == '#' || *content == ';')
			continue;
		if (*content == '[' ?
		    parse_section(out, line, content, &section, err) != IAP_OK :
		    parse_entry(out, line, content, section, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_ini_load(struct iap_arena *arena, const char *path, struct iap_ini *out,
    struct iap_error *err)
{
	char *text;
	size_t size;

	if (iap_file_load(arena, path, FILE_LIMIT, &text, &size, err) != IAP_OK)
		return err->status;
	return iap_ini_parse(arena, iap_arena_copy(arena, path), text, size, out, err);
}

const struct iap_ini_entry *
iap_ini_find(const struct iap_ini *ini, const char *section, const char *key)
{
	for (size_t i = 0; i < ini->count; i++)
		if (strcmp(ini->entries[i].section, section) == 0 &&
		    strcmp(ini->entries[i].key, key) == 0)
			return &ini->entries[i];
	return NULL;
}
