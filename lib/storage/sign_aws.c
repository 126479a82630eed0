/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sign_aws.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/percent.h"

const char iap_sign_aws_no_payload[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

enum { DATE_LENGTH = 8 }; /* of "20150830" in "20150830T123600Z" */

char *
iap_sign_aws_path(struct iap_arena *arena, const char *path)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	for (;;) {
		size_t length = strcspn(path, "/");

		iap_buf_text(&buf, iap_percent_format(arena,
		    iap_arena_copy_bytes(arena, path, length)));
		if (path[length] == '\0')
			return buf.bytes;
		iap_buf_char(&buf, '/');
		path += length + 1;
	}
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct iap_sign_pair *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order != 0 ? order : strcmp(left->value, right->value);
}

char *
iap_sign_aws_query(struct iap_arena *arena, const struct iap_sign_pair *query, size_t count)
{
	struct iap_sign_pair *pairs = iap_arena_array(arena, count + 1, sizeof *pairs);
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	for (size_t i = 0; i < count; i++) {
		pairs[i].name = iap_percent_format(arena, query[i].name);
		pairs[i].value = iap_percent_format(arena, query[i].value);
	}
	qsort(pairs, count, sizeof *pairs, compare_pairs);
	for (size_t i = 0; i < count; i++)
		iap_buf_format(&buf, "%s%s=%s", i == 0 ? "" : "&", pairs[i].name, pairs[i].value);
	return buf.bytes;
}

char *
iap_sign_aws_time(struct iap_arena *arena, int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	char text[32];
	struct tm tm;

	strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", gmtime_r(&seconds, &tm));
	return iap_arena_copy(arena, text);
}

/* A value without blanks around it, and with one blank for several. */
static void
add_trimmed(struct iap_buf *buf, const char *value)
{
	bool first = true;

	for (value += strspn(value, " \t\r\n"); *value != '\0'; first = false) {
		size_t length = strcspn(value, " \t\r\n");

		if (!first)
			iap_buf_char(buf, ' ');
		iap_buf_add(buf, value, length);
		value += length;
		value += strspn(value, " \t\r\n");
	}
}

static char *
lower(struct iap_arena *arena, const char *text)
{
	char *copy = iap_arena_copy(arena, text);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Names in lower case and in order; those of one name stay as they were given. */
static struct iap_sign_pair *
sort_headers(struct iap_arena *arena, const struct iap_sign_aws *sign)
{
	struct iap_sign_pair *pairs = iap_arena_array(arena, sign->header_count + 1, sizeof *pairs);

	for (size_t i = 0; i < sign->header_count; i++) {
		struct iap_sign_pair pair = {
			.name = lower(arena, sign->headers[i].name),
			.value = sign->headers[i].value,
		};
		size_t at = i;

		for (; at != 0 && strcmp(pairs[at - 1].name, pair.name) > 0; at--)
			pairs[at] = pairs[at - 1];
		pairs[at] = pair;
	}
	return pairs;
}

/* The canonical headers, and the list of their names. */
static void
add_headers(struct iap_arena *arena, const struct iap_sign_aws *sign, struct iap_buf *lines,
    struct iap_buf *names)
{
	const struct iap_sign_pair *pairs = sort_headers(arena, sign);

	for (size_t i = 0; i < sign->header_count; i++) {
		if (i != 0 && strcmp(pairs[i].name, pairs[i - 1].name) == 0) {
			iap_buf_char(lines, ',');
		} else {
			iap_buf_format(lines, "%s%s:", i == 0 ? "" : "\n", pairs[i].name);
			iap_buf_format(names, "%s%s", i == 0 ? "" : ";", pairs[i].name);
		}
		add_trimmed(lines, pairs[i].value);
	}
}

char *
iap_sign_aws_canonical(struct iap_arena *arena, const struct iap_sign_aws *sign)
{
	struct iap_buf lines, names;

	iap_buf_open(&lines, arena);
	iap_buf_open(&names, arena);
	add_headers(arena, sign, &lines, &names);
	return iap_arena_format(arena, "%s\n%s\n%s\n%s\n\n%s\n%s", sign->method,
	    iap_sign_aws_path(arena, sign->path),
	    iap_sign_aws_query(arena, sign->query, sign->query_count), lines.bytes, names.bytes,
	    sign->payload);
}

static void
hmac_text(const unsigned char *key, size_t size, const char *text,
    unsigned char out[IAP_SHA256_SIZE])
{
	iap_hash_hmac(key, size, text, strlen(text), out);
}

/* The signature over `text`, by a key that is good for a day, a region and a service. */
static char *
sign_text(struct iap_arena *arena, const struct iap_sign_aws *sign, const char *date,
    const char *text)
{
	char *secret = iap_arena_format(arena, "AWS4%s", sign->secret_key);
	unsigned char key[IAP_SHA256_SIZE], signature[IAP_SHA256_SIZE];

	hmac_text((const unsigned char *)secret, strlen(secret), date, key);
	hmac_text(key, sizeof key, sign->region, key);
	hmac_text(key, sizeof key, sign->service, key);
	hmac_text(key, sizeof key, "aws4_request", key);
	hmac_text(key, sizeof key, text, signature);
	iap_secret_wipe(secret, strlen(secret));
	iap_secret_wipe(key, sizeof key);
	return iap_text_to_hex(arena, signature, sizeof signature);
}

char *
iap_sign_aws_format(struct iap_arena *arena, const struct iap_sign_aws *sign)
{
	const char *time = iap_sign_aws_time(arena, sign->time_ms);
	const char *date = iap_arena_copy_bytes(arena, time, DATE_LENGTH);
	const char *canonical = iap_sign_aws_canonical(arena, sign);
	const char *scope = iap_arena_format(arena, "%s/%s/%s/aws4_request", date, sign->region,
	    sign->service);
	unsigned char hash[IAP_SHA256_SIZE];
	struct iap_buf lines, names;
	const char *text;

	iap_buf_open(&lines, arena);
	iap_buf_open(&names, arena);
	add_headers(arena, sign, &lines, &names);
	iap_hash_sha256(canonical, strlen(canonical), hash);
	text = iap_arena_format(arena, "AWS4-HMAC-SHA256\n%s\n%s\n%s", time, scope,
	    iap_text_to_hex(arena, hash, sizeof hash));
	return iap_arena_format(arena,
	    "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", sign->access_key,
	    scope, names.bytes, sign_text(arena, sign, date, text));
}
