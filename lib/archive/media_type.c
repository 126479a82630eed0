/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/media_type.h"

#include <string.h>

#include "archive/pairing.h"
#include "base/text.h"

enum { TYPE_MAX = 64 };

/* Genesys and Windows write types that no browser plays. */
static const struct {
	const char *written;
	const char *served;
} synonyms[] = {
	{ "audio/mp3", "audio/mpeg" },
	{ "audio/x-mp3", "audio/mpeg" },
	{ "audio/mpeg3", "audio/mpeg" },
	{ "audio/x-mpeg", "audio/mpeg" },
	{ "audio/x-wav", "audio/wav" },
	{ "audio/wave", "audio/wav" },
	{ "audio/vnd.wave", "audio/wav" },
	{ "audio/opus", "audio/ogg" },
};

static const struct {
	const char *ending;
	const char *type;
} endings[] = {
	{ ".mp3", "audio/mpeg" },
	{ ".wav", "audio/wav" },
	{ ".mp4", "video/mp4" },
	{ ".m4a", "audio/mp4" },
	{ ".ogg", "audio/ogg" },
	{ ".opus", "audio/ogg" },
	{ ".webm", "video/webm" },
};

const char *
iap_media_type_parse(struct iap_arena *arena, const char *written)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.+-_";
	size_t length = written == NULL ? 0 : strcspn(written, "; ");
	char *type, *slash;

	if (length == 0 || length > TYPE_MAX)
		return NULL;
	type = iap_arena_copy_bytes(arena, written, length);
	for (char *c = type; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	slash = strchr(type, '/');
	/* It becomes a header: two words, one slash, nothing else. */
	if (slash == NULL || slash == type || slash[1] == '\0' ||
	    strspn(type, allowed) != (size_t)(slash - type) ||
	    strspn(slash + 1, allowed) != strlen(slash + 1))
		return NULL;
	if (!iap_text_begins(type, "audio/") && !iap_text_begins(type, "video/"))
		return NULL;
	for (size_t i = 0; i < IAP_LENGTH(synonyms); i++)
		if (strcmp(type, synonyms[i].written) == 0)
			return synonyms[i].served;
	return type;
}

const char *
iap_media_type_of_name(struct iap_arena *arena, const char *name)
{
	const char *folded = iap_pair_fold(arena, name);

	for (size_t i = 0; i < IAP_LENGTH(endings); i++)
		if (iap_text_ends(folded, endings[i].ending))
			return endings[i].type;
	return NULL;
}

enum iap_media_kind
iap_media_type_kind(const char *type)
{
	return iap_text_begins(type, "video/") ? IAP_MEDIA_VIDEO : IAP_MEDIA_AUDIO;
}
