/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sign_azure.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/hash.h"

/* Exchanges the two characters in which base64 and base64url differ. */
static void
exchange(char *text, const char *from, const char *to)
{
	for (char *c = text; *c != '\0'; c++) {
		if (*c == from[0])
			*c = to[0];
		else if (*c == from[1])
			*c = to[1];
	}
}

static unsigned char *
decode_key(struct iap_arena *arena, const char *key, size_t *size)
{
	char *copy = iap_arena_copy(arena, key);
	unsigned char *bytes;

	exchange(copy, "+/", "-_");
	bytes = iap_text_from_base64url(arena, copy, strcspn(copy, "="), size);
	iap_secret_wipe(copy, strlen(copy));
	return bytes;
}

static int
compare_pairs(const void *a, const void *b)
{
	return strcmp(((const struct iap_sign_pair *)a)->name, ((const struct iap_sign_pair *)b)->name);
}

/* The pairs whose name begins with `prefix`, sorted. */
static struct iap_sign_pair *
sort_pairs(struct iap_arena *arena, const struct iap_sign_pair *pairs, size_t count,
    const char *prefix, size_t *kept)
{
	struct iap_sign_pair *sorted = iap_arena_array(arena, count + 1, sizeof *sorted);

	*kept = 0;
	for (size_t i = 0; i < count; i++)
		if (iap_text_begins(pairs[i].name, prefix))
			sorted[(*kept)++] = pairs[i];
	qsort(sorted, *kept, sizeof *sorted, compare_pairs);
	return sorted;
}

char *
iap_sign_azure_text(struct iap_arena *arena, const struct iap_sign_azure *sign)
{
	/* In the order in which they are signed, each on its line. */
	static const char *const names[] = {
		"Content-Encoding", "Content-Language", "Content-Length", "Content-MD5",
		"Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match",
		"If-Unmodified-Since", "Range",
	};
	struct iap_sign_pair *sorted;
	struct iap_buf buf;
	size_t count;

	iap_buf_open(&buf, arena);
	iap_buf_format(&buf, "%s\n", sign->method);
	for (size_t i = 0; i < IAP_LENGTH(names); i++) {
		for (size_t j = 0; j < sign->header_count; j++)
			if (strcasecmp(sign->headers[j].name, names[i]) == 0)
				iap_buf_text(&buf, sign->headers[j].value);
		iap_buf_char(&buf, '\n');
	}
	sorted = sort_pairs(arena, sign->headers, sign->header_count, "x-ms-", &count);
	for (size_t i = 0; i < count; i++)
		iap_buf_format(&buf, "%s:%s\n", sorted[i].name, sorted[i].value);
	iap_buf_format(&buf, "/%s%s", sign->account, sign->path);
	sorted = sort_pairs(arena, sign->query, sign->query_count, "", &count);
	for (size_t i = 0; i < count; i++)
		iap_buf_format(&buf, "\n%s:%s", sorted[i].name, sorted[i].value);
	return buf.bytes;
}

enum iap_status
iap_sign_azure_format(struct iap_arena *arena, const struct iap_sign_azure *sign, char **out,
    struct iap_error *err)
{
	const char *text = iap_sign_azure_text(arena, sign);
	unsigned char signature[IAP_SHA256_SIZE], *key;
	size_t size;
	char *encoded;

	key = decode_key(arena, sign->account_key, &size);
	if (key == NULL || size == 0)
		return iap_error_set(err, IAP_INVALID, "the account key is not base64");
	iap_hash_hmac(key, size, text, strlen(text), signature);
	iap_secret_wipe(key, size);
	encoded = iap_text_to_base64url(arena, signature, sizeof signature);
	exchange(encoded, "-_", "+/");
	/* 32 bytes are 43 characters and one of padding. */
	*out = iap_arena_format(arena, "SharedKey %s:%s=", sign->account, encoded);
	return IAP_OK;
}
