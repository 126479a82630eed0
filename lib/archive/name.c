/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files, in the forms in which pairing compares them. */
#include "archive/pairing.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char *const media_endings[] = {
	".mp3", ".wav", ".mp4", ".m4a", ".ogg", ".opus", ".webm", ".mpeg", ".avi", ".aac",
};

const char *
iap_pair_base(const char *key)
{
	const char *base = key;

	for (const char *c = key; *c != '\0'; c++)
		if (*c == '/' || *c == '\\')
			base = c + 1;
	return base;
}

/* Decodes %XX; NULL when the result could not be a name. */
static char *
decode(struct iap_arena *arena, const char *name)
{
	char *out = iap_arena_alloc(arena, strlen(name) + 1);
	size_t used = 0;

	while (*name != '\0') {
		char hex[3] = { 0 };
		unsigned char byte = (unsigned char)*name;

		if (byte == '%') {
			if (name[1] == '\0')
				return NULL;
			hex[0] = name[1];
			hex[1] = name[2];
			if (!iap_text_from_hex(hex, &byte, 1))
				return NULL;
			name += 2;
		}
		if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\')
			return NULL;
		out[used++] = (char)byte;
		name++;
	}
	return iap_text_is_utf8(out, used) ? out : NULL;
}

static bool
ends(const char *text, const char *ending)
{
	size_t length = strlen(text), wanted = strlen(ending);

	return length > wanted && strcasecmp(text + length - wanted, ending) == 0;
}

const char *
iap_pair_bare(struct iap_arena *arena, const char *key)
{
	const char *base = iap_pair_base(key);

	if (strchr(base, '%') != NULL) {
		const char *decoded = decode(arena, base);

		base = decoded == NULL ? base : decoded;
	}
	if (ends(base, ".bin"))
		return iap_arena_copy_bytes(arena, base, strlen(base) - strlen(".bin"));
	return iap_arena_copy(arena, base);
}

const char *
iap_pair_exact(struct iap_arena *arena, const char *key)
{
	if (strlen(iap_pair_bare(arena, key)) >= IAP_PAIR_LONG_NAME)
		return NULL;
	return iap_arena_format(arena, "/%s", iap_pair_base(key));
}

const char *
iap_pair_fold(struct iap_arena *arena, const char *key)
{
	char *folded = iap_arena_copy(arena, iap_pair_bare(arena, key));

	for (char *c = folded; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return folded;
}

const char *
iap_pair_parent(struct iap_arena *arena, const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash == NULL ? "" : iap_arena_copy_bytes(arena, key, (size_t)(slash - key));
}

bool
iap_pair_is_document(const char *key)
{
	return ends(iap_pair_base(key), ".json");
}

bool
iap_pair_is_media(const char *key)
{
	const char *base = iap_pair_base(key);

	if (ends(base, ".bin") || ends(base, ".p7m") || ends(base, ".cms"))
		return true;
	for (size_t i = 0; i < IAP_LENGTH(media_endings); i++)
		if (ends(base, media_endings[i]))
			return true;
	return false;
}
