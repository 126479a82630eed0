/* SPDX-License-Identifier: Apache-2.0 */
/* Single objects of object stores: what they are, and their bytes by range. */
#include "storage/cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/stamp.h"

enum {
	WINDOW = 16 * 1024,           /* fetched when less is asked for */
	PIECE_MAX = 8 * 1024 * 1024,  /* fetched at once at most */
	ARENA_LIMIT = 4 * 1024 * 1024,
};

struct cloud_reader {
	struct iap_reader reader;
	struct iap_cloud *cloud;
	char *name;                /* with the source's prefix */
	char *etag;                /* of the version that was opened, or NULL */
	uint64_t window_at;        /* where the window begins */
	size_t window_size;
	unsigned char window[WINDOW];
};

int64_t
iap_cloud_mtime(const struct iap_fetch_answer *answer)
{
	int64_t ms;

	return iap_http_stamp_parse(iap_fetch_header(answer, "Last-Modified"), &ms) ? ms * 1000000 : 0;
}

static const char *
name_of(const struct iap_cloud *cloud, struct iap_arena *arena, const char *key)
{
	return iap_arena_format(arena, "%s%s", cloud->prefix, key);
}

/*
 * What a HEAD was refused for, a GET of nothing but the first byte tells. It
 * may also succeed, when the matter has passed.
 */
static enum iap_status
ask_cause(struct iap_cloud *cloud, struct iap_arena *arena, const char *name,
    struct iap_error *err)
{
	struct iap_fetch_answer answer;
	struct iap_error cause = { 0 };

	if (iap_cloud_send(cloud, arena, &(struct iap_cloud_ask){ .method = "GET", .name = name,
	    .ranged = true, .limit = 1 }, &answer, &cause) != IAP_OK)
		*err = cause;
	return err->status;
}

enum iap_status
iap_cloud_stat(struct iap_storage *storage, struct iap_arena *arena, const char *key,
    struct iap_object *out, struct iap_error *err)
{
	struct iap_cloud *cloud = (struct iap_cloud *)storage;
	const char *name = name_of(cloud, arena, key), *length;
	struct iap_fetch_answer answer;
	uint64_t size;

	if (iap_cloud_send(cloud, arena, &(struct iap_cloud_ask){ .method = "HEAD", .name = name },
	    &answer, err) != IAP_OK)
		return cloud->dialect->cause_in_body && answer.code >= 400 && answer.code < 500 ?
		    ask_cause(cloud, arena, name, err) : err->status;
	length = iap_fetch_header(&answer, "Content-Length");
	if (length == NULL || !iap_text_parse_u64(length, &size))
		return iap_error_set(err, IAP_UNAVAILABLE, "the answer tells no Content-Length");
	*out = (struct iap_object){
		.key = iap_arena_copy(arena, key),
		.size = size,
		.mtime_ns = iap_cloud_mtime(&answer),
	};
	return IAP_OK;
}

/* "bytes FIRST-LAST/SIZE" (RFC 9110 section 14.4). */
static bool
read_content_range(struct iap_arena *arena, const struct iap_fetch_answer *answer,
    uint64_t *first, uint64_t *last, uint64_t *size)
{
	const char *value = iap_fetch_header(answer, "Content-Range");
	char *text, *dash, *slash;

	if (value == NULL || !iap_text_begins(value, "bytes "))
		return false;
	text = iap_arena_copy(arena, value + strlen("bytes "));
	dash = strchr(text, '-');
	slash = strchr(text, '/');
	if (dash == NULL || slash == NULL || dash > slash)
		return false;
	*dash++ = *slash++ = '\0';
	return iap_text_parse_u64(text, first) && iap_text_parse_u64(dash, last) &&
	    iap_text_parse_u64(slash, size) && *first <= *last && *last < *size;
}

/* Whether what came is the range that was asked for, or the rest of the object. */
static enum iap_status
check_range(struct iap_arena *arena, const struct iap_cloud_ask *ask,
    const struct iap_fetch_answer *answer, uint64_t *size, struct iap_error *err)
{
	uint64_t first, last;

	if (answer->code != 206)
		return iap_error_set(err, IAP_UNAVAILABLE, "the storage does not answer ranges");
	if (!read_content_range(arena, answer, &first, &last, size) || first != ask->first ||
	    last - first + 1 != answer->into_size ||
	    (last != ask->last && (last > ask->last || last + 1 != *size)))
		return iap_error_set(err, IAP_UNAVAILABLE,
		    "bytes %llu-%llu were asked for, but %zu came for \"%.60s\"",
		    (unsigned long long)ask->first, (unsigned long long)ask->last,
		    answer->into_size, iap_fetch_header(answer, "Content-Range") == NULL ? "" :
		    iap_fetch_header(answer, "Content-Range"));
	return IAP_OK;
}

/* Fetches [offset, offset + size) or up to the end; *got is what came. */
static enum iap_status
fetch_range(struct cloud_reader *reader, uint64_t offset, void *into, size_t size, size_t *got,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_cloud_ask ask = {
		.method = "GET",
		.name = reader->name,
		.ranged = true,
		.first = offset,
		.last = offset + size - 1,
		.etag = reader->etag,
		.into = into,
		.limit = size,
	};
	struct iap_fetch_answer answer;
	uint64_t whole;

	if (iap_cloud_send(reader->cloud, arena, &ask, &answer, err) != IAP_OK ||
	    check_range(arena, &ask, &answer, &whole, err) != IAP_OK)
		return err->status;
	if (whole != reader->reader.size)
		return iap_error_set(err, IAP_UNAVAILABLE, "its size changed while it was read");
	*got = answer.into_size;
	return IAP_OK;
}

/* An empty object has no first byte: some stores refuse it (416), others answer nothing. */
static bool
is_empty(const struct iap_fetch_answer *answer)
{
	const char *range = iap_fetch_header(answer, "Content-Range");

	return answer->code >= 200 && answer->code < 300 && answer->into_size == 0 &&
	    (range == NULL || iap_text_ends(range, "/0"));
}

enum iap_status
iap_cloud_check_first(struct iap_arena *arena, const struct iap_cloud_turn *turn, uint64_t *size,
    struct iap_error *err)
{
	const struct iap_fetch_answer *answer = &turn->answer;

	*size = 0;
	if (answer->code == 416 || is_empty(answer))
		return IAP_OK;
	if (turn->err.status != IAP_OK) {
		*err = turn->err;
		return err->status;
	}
	return check_range(arena, &turn->ask, answer, size, err);
}

static enum iap_status
cloud_reader_read_at(struct iap_reader *base, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct cloud_reader *reader = (struct cloud_reader *)base;
	uint64_t left = base->size - offset;

	if (size > left)
		size = (size_t)left;
	if (offset < reader->window_at || offset - reader->window_at >= reader->window_size) {
		size_t window = left < WINDOW ? (size_t)left : WINDOW;

		if (size >= WINDOW)
			return fetch_range(reader, offset, bytes, size < PIECE_MAX ? size : PIECE_MAX, got,
			    err);
		reader->window_size = 0;
		if (fetch_range(reader, offset, reader->window, window, &reader->window_size, err) !=
		    IAP_OK)
			return err->status;
		reader->window_at = offset;
	}
	offset -= reader->window_at;
	*got = reader->window_size - (size_t)offset < size ? reader->window_size - (size_t)offset : size;
	memcpy(bytes, reader->window + offset, *got);
	return IAP_OK;
}

static void
cloud_reader_close(struct iap_reader *base)
{
	struct cloud_reader *reader = (struct cloud_reader *)base;
	struct iap_storage *storage = &reader->cloud->storage;

	iap_storage_close(&storage);
	free(reader->name);
	free(reader->etag);
	free(reader);
}

static const struct iap_reader_ops reader_ops = {
	.read_at = cloud_reader_read_at,
	.close = cloud_reader_close,
};

/* Opens by fetching the first bytes, which tells size, time and version as well. */
static enum iap_status
fetch_first(struct cloud_reader *reader, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_cloud_ask ask = {
		.method = "GET",
		.name = reader->name,
		.ranged = true,
		.last = WINDOW - 1,
		.into = reader->window,
		.limit = WINDOW,
	};
	struct iap_fetch_answer answer;
	const char *etag;

	if (iap_cloud_send(reader->cloud, arena, &ask, &answer, err) != IAP_OK) {
		/* An empty object has no byte 0. */
		if (answer.code != 416 || iap_cloud_send(reader->cloud, arena, &(struct iap_cloud_ask){
		    .method = "HEAD", .name = reader->name }, &answer, err) != IAP_OK)
			return err->status;
		reader->reader.mtime_ns = iap_cloud_mtime(&answer);
		return IAP_OK;
	}
	reader->reader.mtime_ns = iap_cloud_mtime(&answer);
	if (is_empty(&answer))
		return IAP_OK;
	if (check_range(arena, &ask, &answer, &reader->reader.size, err) != IAP_OK)
		return err->status;
	reader->window_size = answer.into_size;
	etag = iap_fetch_header(&answer, "ETag");
	reader->etag = etag == NULL ? NULL : strdup(etag);
	return IAP_OK;
}

enum iap_status
iap_cloud_read(struct iap_storage *storage, const char *key, struct iap_reader **out,
    struct iap_error *err)
{
	struct iap_cloud *cloud = (struct iap_cloud *)storage;
	struct cloud_reader *reader = calloc(1, sizeof *reader);

	if (reader == NULL)
		iap_log_die("out of memory");
	atomic_fetch_add(&storage->users, 1);
	reader->reader.ops = &reader_ops;
	reader->cloud = cloud;
	if (asprintf(&reader->name, "%s%s", cloud->prefix, key) < 0)
		iap_log_die("out of memory");
	*out = &reader->reader;
	if (fetch_first(reader, err) != IAP_OK) {
		iap_reader_close(out);
		return err->status;
	}
	return IAP_OK;
}
