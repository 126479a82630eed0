/* SPDX-License-Identifier: Apache-2.0 */
#include "db/script.h"

#include <string.h>

/* Behind the quoted text or name that begins at `at`. */
static const char *
skip_quoted(const char *at)
{
	char quote = *at++;

	for (; *at != '\0'; at++) {
		if (*at == '\\' && quote != '`' && at[1] != '\0') {
			at++;
			continue;
		}
		if (*at != quote)
			continue;
		if (at[1] != quote)
			return at + 1;
		at++;
	}
	return at;
}

/* Behind the comment that begins at `at`; `at` itself when none does. */
static const char *
skip_comment(const char *at)
{
	const char *end;

	if (at[0] == '#' || (at[0] == '-' && at[1] == '-' && strchr(" \t\r\n", at[2]) != NULL))
		return at + strcspn(at, "\n");
	if (at[0] != '/' || at[1] != '*' || at[2] == '!')
		return at;
	end = strstr(at + 2, "*/");
	return end == NULL ? at + strlen(at) : end + 2;
}

/* Behind the piece that begins at `at`: a quoted text, a comment, or one byte. */
static const char *
skip_piece(const char *at)
{
	const char *behind = skip_comment(at);

	if (behind != at)
		return behind;
	if (*at == '\'' || *at == '"' || *at == '`')
		return skip_quoted(at);
	return at + 1;
}

static const char *
skip_blank(const char *at)
{
	for (;;) {
		const char *behind = at + strspn(at, " \t\r\n;");

		behind = skip_comment(behind);
		if (behind == at)
			return at;
		at = behind;
	}
}

const char *
iap_script_next(struct iap_arena *arena, const char **rest)
{
	const char *begin = skip_blank(*rest);
	const char *end = begin;

	while (*end != '\0' && *end != ';')
		end = skip_piece(end);
	*rest = end;
	return end == begin ? NULL : iap_arena_copy_bytes(arena, begin, (size_t)(end - begin));
}
