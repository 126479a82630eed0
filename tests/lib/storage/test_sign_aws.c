/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature version 4 test suite of AWS (awslabs/aws-c-auth, Apache-2.0):
 * canonical request, signature and signed request of each case. The files are not part of
 * IAP: IAP_CORPORA names their folder, else ../shared/corpora beside the
 * project is looked at. Paths are normalised here where a case wants it: S3,
 * for which the signer is, does not.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/date.h"
#include "http/percent.h"
#include "json/json.h"
#include "storage/sign_aws.h"

enum { CASES = 38, PAIRS = 16, FILE_LIMIT = 65536 };

struct vector {
	struct iap_arena *arena;
	const char *folder;
	const struct iap_json *context;
	struct iap_sign_aws sign;
	struct iap_sign_pair headers[PAIRS], query[PAIRS];
};

static char *
load(const struct vector *vector, const char *name)
{
	struct iap_error err = { 0 };
	char *text = NULL;
	size_t size;

	if (iap_file_load(vector->arena, iap_arena_format(vector->arena, "%s/%s", vector->folder, name),
	    FILE_LIMIT, &text, &size, &err) != IAP_OK)
		return NULL;
	if (strstr(name, "request.txt") != NULL && strcmp(name, "header-canonical-request.txt") != 0)
		return text;
	while (size != 0 && text[size - 1] == '\n')
		text[--size] = '\0';
	return text;
}

static bool
is_true(const struct vector *vector, const char *name)
{
	const struct iap_json *value = iap_json_find(vector->context, name);

	return value != NULL && value->type == IAP_JSON_TRUE;
}

/* RFC 3986 section 5.2.4, and no empty segments. */
static char *
normalise(struct iap_arena *arena, const char *path)
{
	const char *parts[PAIRS];
	size_t count = 0;
	struct iap_buf buf;
	bool slash = iap_text_ends(path, "/") || iap_text_ends(path, "/.") || iap_text_ends(path, "/..");

	iap_buf_open(&buf, arena);
	for (char *part = strtok(iap_arena_copy(arena, path), "/"); part != NULL; part = strtok(NULL, "/")) {
		if (strcmp(part, "..") == 0)
			count -= count != 0;
		else if (strcmp(part, ".") != 0)
			parts[count++] = part;
	}
	for (size_t i = 0; i < count; i++)
		iap_buf_format(&buf, "/%s", parts[i]);
	if (count == 0 || slash)
		iap_buf_char(&buf, '/');
	return buf.bytes;
}

static void
read_target(struct vector *vector, char *target)
{
	char *query = strchr(target, '?');

	if (query != NULL)
		*query++ = '\0';
	vector->sign.path = is_true(vector, "normalize") ? normalise(vector->arena, target) : target;
	vector->sign.query = vector->query;
	for (char *pair = query; pair != NULL && *pair != '\0';) {
		char *end = strchr(pair, '&'), *value;

		if (end != NULL)
			*end++ = '\0';
		value = strchr(pair, '=');
		if (value != NULL)
			*value++ = '\0';
		vector->query[vector->sign.query_count++] = (struct iap_sign_pair){
			.name = iap_percent_parse(vector->arena, pair, strlen(pair),
			    IAP_PERCENT_PLUS_IS_PLUS),
			.value = value == NULL ? "" : iap_percent_parse(vector->arena, value, strlen(value),
			    IAP_PERCENT_PLUS_IS_PLUS),
		};
		pair = end;
	}
}

static void
add_header(struct vector *vector, const char *name, const char *value)
{
	vector->headers[vector->sign.header_count++] = (struct iap_sign_pair){ name, value };
}

/* The request as the file has it: lines, some of them continued, and a body. */
static const char *
read_request(struct vector *vector)
{
	char *text = load(vector, "request.txt"), *line, *end;

	vector->sign.headers = vector->headers;
	line = text;
	text = strchr(text, '\n');
	*text++ = '\0';
	end = strstr(line, " HTTP/1.1");
	*end = '\0';
	vector->sign.method = line;
	line = strchr(line, ' ');
	*line++ = '\0';
	read_target(vector, line);
	while (*text != '\0' && *text != '\n') {
		char *value = strchr(text, ':');

		for (end = text; (end = strchr(end, '\n')) != NULL && end[1] == ' ';)
			end++;
		if (end != NULL)
			*end = '\0';
		*value++ = '\0';
		add_header(vector, text, value);
		text = end == NULL ? value + strlen(value) : end + 1;
	}
	return *text == '\n' ? text + 1 : text;
}

static void
read_case(struct vector *vector)
{
	const struct iap_json *credentials = iap_json_find(vector->context, "credentials");
	const char *token = iap_json_text(iap_json_find(credentials, "token")), *body;
	struct iap_sign_aws *sign = &vector->sign;
	unsigned char hash[IAP_SHA256_SIZE];

	iap_http_time_parse(iap_json_text(iap_json_find(vector->context, "timestamp")), &sign->time_ms);
	sign->region = iap_json_text(iap_json_find(vector->context, "region"));
	sign->service = iap_json_text(iap_json_find(vector->context, "service"));
	sign->access_key = iap_json_text(iap_json_find(credentials, "access_key_id"));
	sign->secret_key = iap_json_text(iap_json_find(credentials, "secret_access_key"));
	body = read_request(vector);
	iap_hash_sha256(body, strlen(body), hash);
	sign->payload = iap_text_to_hex(vector->arena, hash, sizeof hash);
	if (*body == '\0')
		sign->payload = iap_sign_aws_no_payload;
	add_header(vector, "X-Amz-Date", iap_sign_aws_time(vector->arena, sign->time_ms));
	if (token != NULL && !is_true(vector, "omit_session_token"))
		add_header(vector, "X-Amz-Security-Token", token);
	if (is_true(vector, "sign_body"))
		add_header(vector, "x-amz-content-sha256", sign->payload);
}

/* What is wrong with one case, or NULL. */
static const char *
judge(const char *folder)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct vector vector = { .arena = arena, .folder = folder };
	struct iap_error err = { 0 };
	const char *context = load(&vector, "context.json"), *authorization;
	struct iap_json *json = NULL;

	if (context == NULL || iap_json_parse(arena, context, strlen(context), &json, &err) != IAP_OK)
		return "context.json cannot be read";
	vector.context = json;
	read_case(&vector);
	if (strcmp(iap_sign_aws_canonical(arena, &vector.sign),
	    load(&vector, "header-canonical-request.txt")) != 0)
		return "another canonical request";
	authorization = iap_sign_aws_format(arena, &vector.sign);
	if (!iap_text_ends(authorization, iap_arena_format(arena, "Signature=%s",
	    load(&vector, "header-signature.txt"))))
		return "another signature";
	if (strstr(load(&vector, "header-signed-request.txt"),
	    iap_arena_format(arena, "\nAuthorization:%s\n", authorization)) == NULL)
		return "another header";
	return NULL;
}

int
main(void)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const char *corpora = getenv("IAP_CORPORA"), *srcdir = getenv("srcdir");
	unsigned int count = 0;
	struct dirent *entry;
	const char *folder;
	DIR *dir;

	if (corpora == NULL)
		corpora = iap_arena_format(arena, "%s/../shared/corpora", srcdir == NULL ? "." : srcdir);
	folder = iap_arena_format(arena, "%s/sigv4", corpora);
	dir = opendir(folder);
	if (dir == NULL) {
		printf("1..0 # SKIP no signing vectors in %s (set IAP_CORPORA)\n", folder);
		return 0;
	}
	while ((entry = readdir(dir)) != NULL) {
		const char *fault;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		fault = judge(iap_arena_format(arena, "%s/%s", folder, entry->d_name));
		printf("%s %u - %s%s%s\n", fault == NULL ? "ok" : "not ok", ++count, entry->d_name,
		    fault == NULL ? "" : ": ", fault == NULL ? "" : fault);
	}
	closedir(dir);
	printf("%s %u - all %d cases were there\n", count == CASES ? "ok" : "not ok", count + 1, CASES);
	printf("1..%u\n", count + 1);
	return 0;
}
