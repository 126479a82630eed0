/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/media/oracle.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
oracle_begin(struct oracle *oracle)
{
	strcpy(oracle->dir, "/tmp/iap-test-XXXXXX");
	assert_non_null(mkdtemp(oracle->dir));
}

void
oracle_end(struct oracle *oracle)
{
	oracle_run(oracle, "rm -rf -- '%s'", oracle->dir);
}

void
oracle_run(const struct oracle *oracle, const char *format, ...)
{
	char command[2048], whole[4096];
	va_list values;

	va_start(values, format);
	vsnprintf(command, sizeof command, format, values);
	va_end(values);
	snprintf(whole, sizeof whole, "cd '%s' && { %s; } >log 2>&1", oracle->dir, command);
	if (system(whole) != 0)
		fail_msg("%s", command);
}

void
oracle_pair(const struct oracle *oracle, const char *name, const char *subject, const char *more)
{
	oracle_run(oracle, "openssl req -x509 -newkey rsa:2048 -nodes -keyout %s.key -out %s.crt "
	    "-days 30 -subj '%s' %s", name, name, subject, more);
}

struct bytes
oracle_load(const struct oracle *oracle, const char *name)
{
	struct bytes bytes;
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", oracle->dir, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	bytes.size = (size_t)ftell(file);
	rewind(file);
	bytes.at = malloc(bytes.size + 1);
	assert_int_equal(fread(bytes.at, 1, bytes.size, file), bytes.size);
	bytes.at[bytes.size] = 0;
	fclose(file);
	return bytes;
}

void
oracle_save(const struct oracle *oracle, const char *name, struct bytes bytes)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", oracle->dir, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.size, file), bytes.size);
	assert_int_equal(fclose(file), 0);
}

uint64_t
oracle_next(uint64_t *seed)
{
	/* splitmix64 */
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct bytes
oracle_noise(uint64_t seed, size_t size, bool medium)
{
	struct bytes bytes = { malloc(size + 1), size };

	for (size_t i = 0; i < size; i++)
		bytes.at[i] = (unsigned char)oracle_next(&seed);
	if (medium && size >= 4)
		memcpy(bytes.at, "ID3\4", 4);
	return bytes;
}

static struct bytes
part(const struct bytes *whole, size_t from, size_t to)
{
	struct bytes bytes = { malloc(to - from + 1), to - from };

	memcpy(bytes.at, whole->at + from, bytes.size);
	return bytes;
}

struct pieces
oracle_pieces(const struct oracle *oracle, const char *name)
{
	struct bytes whole = oracle_load(oracle, name);
	size_t version = 0, info = 0, info_head = 0, content = 0, content_head = 0, content_size = 0;
	unsigned int depth, offset, head, length;
	struct pieces pieces;
	char line[512];
	FILE *lines;

	oracle_run(oracle, "openssl asn1parse -inform DER -in '%s' >parsed", name);
	snprintf(line, sizeof line, "%s/parsed", oracle->dir);
	lines = fopen(line, "r");
	assert_non_null(lines);
	while (fgets(line, sizeof line, lines) != NULL) {
		if (sscanf(line, "%u:d=%u hl=%u l=%u", &offset, &depth, &head, &length) != 4)
			continue;
		if (depth == 3 && version == 0)
			version = offset;
		if (depth == 3)
			info = offset, info_head = head;
		if (depth == 4 && offset > info)
			content = offset, content_head = head, content_size = length;
	}
	fclose(lines);
	pieces.recipients = part(&whole, version, info);
	pieces.algorithm = part(&whole, info + info_head, content);
	pieces.cipher = part(&whole, content + content_head, content + content_head + content_size);
	free(whole.at);
	return pieces;
}

static void
add(struct bytes *bytes, const void *more, size_t size)
{
	bytes->at = realloc(bytes->at, bytes->size + size + 1);
	memcpy(bytes->at + bytes->size, more, size);
	bytes->size += size;
}

/* An element around `inner`, which is freed. */
static struct bytes
wrap(unsigned char tag, bool definite, struct bytes inner)
{
	unsigned char head[6] = { tag, 0x80 };
	struct bytes bytes = { NULL, 0 };

	if (definite && inner.size < 0x80) {
		head[1] = (unsigned char)inner.size;
		add(&bytes, head, 2);
	} else if (definite) {
		head[1] = 0x84;
		for (int i = 0; i < 4; i++)
			head[2 + i] = (unsigned char)(inner.size >> (24 - 8 * i));
		add(&bytes, head, 6);
	} else {
		add(&bytes, head, 2);
	}
	add(&bytes, inner.at, inner.size);
	if (!definite)
		add(&bytes, "\0\0", 2);
	free(inner.at);
	return bytes;
}

static struct bytes
message(const struct pieces *pieces, bool definite, struct bytes content)
{
	struct bytes info = { NULL, 0 }, enveloped = { NULL, 0 }, outer = { NULL, 0 };

	add(&info, pieces->algorithm.at, pieces->algorithm.size);
	if (content.size != 0)
		add(&info, content.at, content.size);
	free(content.at);
	info = wrap(0x30, definite, info);
	add(&enveloped, pieces->recipients.at, pieces->recipients.size);
	add(&enveloped, info.at, info.size);
	free(info.at);
	enveloped = wrap(0xa0, definite, wrap(0x30, definite, enveloped));
	add(&outer, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 11);
	add(&outer, enveloped.at, enveloped.size);
	free(enveloped.at);
	return wrap(0x30, definite, outer);
}

struct bytes
oracle_detached(const struct pieces *pieces, bool definite)
{
	return message(pieces, definite, (struct bytes){ NULL, 0 });
}

struct bytes
oracle_chunked(const struct pieces *pieces, bool definite, const size_t *sizes, size_t count)
{
	/* Room for the worst, one byte a chunk; a realloc for each would cost minutes. */
	struct bytes content = { malloc(pieces->cipher.size * 7 + 16), 0 };
	size_t at = 0;

	for (size_t i = 0; at < pieces->cipher.size; i++) {
		size_t size = sizes[i < count ? i : count - 1];
		struct bytes chunk = { NULL, 0 };

		size = size < pieces->cipher.size - at ? size : pieces->cipher.size - at;
		add(&chunk, pieces->cipher.at + at, size);
		chunk = wrap(0x04, true, chunk);
		memcpy(content.at + content.size, chunk.at, chunk.size);
		content.size += chunk.size;
		free(chunk.at);
		at += size;
	}
	return message(pieces, definite, wrap(0xa0, definite, content));
}

bool
oracle_is_whole_campaign(void)
{
	const char *full = getenv("IAP_FULL");

	return full != NULL && strcmp(full, "yes") == 0;
}
