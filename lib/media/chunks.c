/* SPDX-License-Identifier: Apache-2.0 */
#include "media/chunks.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macros.h"
#include "media/ber.h"

enum {
	TAIL_MAX = 64,          /* chunks behind the equal ones */
	INDEX_MAX = 8192,       /* entries of an index; then every other one is dropped */
	WINDOW = 16384,         /* bytes read at once around headers */
	CLOSE_BY = 2048         /* headers nearer than this are read with what is between */
};

/* A chunk: where its header is and which byte of cipher text it begins with. */
struct chunk {
	uint64_t header;
	uint64_t first;
	uint64_t length;
};

struct iap_chunks {
	bool primitive;       /* one piece: only `begin` and `size` count */
	uint64_t begin;       /* of the first header (primitive: of the bytes) */
	uint64_t end;         /* behind the last chunk; when indefinite as predicted */
	bool indefinite;
	uint64_t size;        /* of the cipher text */

	uint64_t header_size; /* predicted: of each equal chunk ... */
	uint64_t chunk_size;
	uint64_t equal;       /* ... and how many there are */
	struct chunk tail[TAIL_MAX];
	size_t tail_count;

	struct chunk *index;  /* not predicted: every `stride`-th chunk */
	size_t index_count;
	uint64_t stride;
};

/* Bytes of the message that were read around a header. */
struct window {
	struct iap_reader *message;
	uint64_t begin;
	size_t size;
	unsigned char bytes[WINDOW];
};

/* Makes the window begin at `at`, unless it holds `need` bytes from there (or the end). */
static enum iap_status
look(struct window *window, uint64_t at, size_t need, size_t want, struct iap_error *err)
{
	if (at >= window->begin && at + need <= window->begin + window->size)
		return IAP_OK;
	window->begin = at;
	return iap_reader_read_at(window->message, at, window->bytes,
	    want < sizeof window->bytes ? want : sizeof window->bytes, &window->size, err);
}

/* The header at `at`; IAP_NOT_FOUND for 00 00. *length_out and *used_out are its sizes. */
static enum iap_status
read_header(struct window *window, uint64_t at, size_t want, uint64_t *length_out,
    size_t *used_out, struct iap_error *err)
{
	struct iap_ber_element element;
	size_t skip;
	bool is_short;

	if (look(window, at, IAP_BER_HEADER_MAX, want, err) != IAP_OK)
		return err->status;
	skip = (size_t)(at - window->begin);
	*used_out = skip >= window->size ? 0 : iap_ber_header(window->bytes + skip,
	    window->size - skip, &element, &is_short);
	if (*used_out == 2 && element.tag == 0 && element.length == 0)
		return iap_error_set(err, IAP_NOT_FOUND, "cms: end of content");
	if (*used_out == 0 || element.tag != IAP_BER_OCTETS)
		return iap_error_set(err, IAP_CORRUPT, "cms: no chunk at %llu",
		    (unsigned long long)at);
	*length_out = element.length;
	return IAP_OK;
}

/* Walks from `at` to exactly chunks->end in few steps; they become the tail. */
static bool
walk_tail(struct iap_chunks *chunks, struct window *window, uint64_t at, uint64_t first)
{
	struct iap_error err;
	uint64_t length;
	size_t used;

	chunks->tail_count = 0;
	while (at < chunks->end) {
		if (chunks->tail_count == TAIL_MAX ||
		    read_header(window, at, IAP_BER_HEADER_MAX, &length, &used, &err) != IAP_OK)
			return false;
		chunks->tail[chunks->tail_count++] = (struct chunk){ at, first, length };
		if (length > chunks->end - at)
			return false;
		at += used + length;
		first += length;
	}
	chunks->size = first;
	return at == chunks->end;
}

/* Whether every element that is still open ends at chunks->end. */
static bool
ends_there(const struct iap_chunks *chunks, const struct iap_cms *cms, struct window *window)
{
	size_t ends = (size_t)cms->open_levels * 2;
	struct iap_error err;

	if (!chunks->indefinite)
		return true;
	if (look(window, chunks->end, ends, ends, &err) != IAP_OK ||
	    window->begin + window->size < chunks->end + ends)
		return false;
	for (size_t i = 0; i < ends; i++)
		if (window->bytes[chunks->end - window->begin + i] != 0)
			return false;
	return true;
}

/* Supposes equal chunks; true when header, tail and end agree with that. */
static bool
predict(struct iap_chunks *chunks, const struct iap_cms *cms, struct window *window)
{
	uint64_t length, step, equal;
	struct iap_error err;
	size_t used;

	if (chunks->end < chunks->begin || !ends_there(chunks, cms, window) ||
	    read_header(window, chunks->begin, IAP_BER_HEADER_MAX, &length, &used, &err) !=
	    IAP_OK || length == 0 || length > chunks->end - chunks->begin)
		return false;
	step = used + length;
	equal = (chunks->end - chunks->begin) / step;
	for (int tries = 0; tries < 3; tries++, equal--) {
		uint64_t last_length = length;
		size_t last_used = used;

		if (equal > 0 && read_header(window, chunks->begin + (equal - 1) * step,
		    IAP_BER_HEADER_MAX, &last_length, &last_used, &err) != IAP_OK)
			last_length = 0;
		if (last_length == length && last_used == used &&
		    walk_tail(chunks, window, chunks->begin + equal * step, equal * length)) {
			chunks->header_size = used;
			chunks->chunk_size = length;
			chunks->equal = equal;
			return true;
		}
		if (equal == 0)
			return false;
	}
	return false;
}

static void
add_to_index(struct iap_chunks *chunks, uint64_t number, struct chunk chunk)
{
	if (number % chunks->stride != 0)
		return;
	if (chunks->index_count == INDEX_MAX) {
		for (size_t i = 0; i < INDEX_MAX / 2; i++)
			chunks->index[i] = chunks->index[2 * i];
		chunks->index_count = INDEX_MAX / 2;
		chunks->stride *= 2;
		if (number % chunks->stride != 0)
			return;
	}
	chunks->index[chunks->index_count++] = chunk;
}

/* Reads every header once. */
static enum iap_status
scan(struct iap_chunks *chunks, struct window *window, struct iap_error *err)
{
	uint64_t at = chunks->begin, first = 0, length = 0;

	if (chunks->index == NULL)
		chunks->index = calloc(INDEX_MAX, sizeof *chunks->index);
	if (chunks->index == NULL)
		iap_log_die("out of memory");
	chunks->index_count = 0;
	chunks->stride = 1;
	chunks->equal = chunks->tail_count = 0;
	for (uint64_t number = 0; chunks->indefinite || at < chunks->end; number++) {
		size_t used;
		enum iap_status status = read_header(window, at, number != 0 && length > CLOSE_BY
		    ? IAP_BER_HEADER_MAX : WINDOW, &length, &used, err);

		if (chunks->indefinite && status == IAP_NOT_FOUND)
			break;
		if (status != IAP_OK)
			return iap_error_set(err, status == IAP_NOT_FOUND ? IAP_CORRUPT : status,
			    "cms: no chunk at %llu", (unsigned long long)at);
		if (at + used > window->message->size ||
		    length > window->message->size - at - used)
			return iap_error_set(err, IAP_CORRUPT, "cms: cut off at %llu",
			    (unsigned long long)window->message->size);
		add_to_index(chunks, number, (struct chunk){ at, first, length });
		at += used + length;
		first += length;
	}
	if (!chunks->indefinite && at != chunks->end)
		return iap_error_set(err, IAP_CORRUPT, "cms: chunks end at %llu, not %llu",
		    (unsigned long long)at, (unsigned long long)chunks->end);
	chunks->size = first;
	return IAP_OK;
}

static enum iap_status
find_chunks(struct iap_chunks *chunks, struct iap_reader *message, const struct iap_cms *cms,
    struct iap_error *err)
{
	uint64_t ends = (uint64_t)cms->open_levels * 2;
	struct window window = { .message = message };

	chunks->indefinite = cms->indefinite;
	if (!cms->indefinite && cms->content_size > message->size - chunks->begin)
		return iap_error_set(err, IAP_CORRUPT, "cms: cut off at %llu",
		    (unsigned long long)message->size);
	chunks->end = cms->indefinite
	    ? (message->size > ends ? message->size - ends : 0)
	    : cms->content + cms->content_size;
	if (predict(chunks, cms, &window))
		return IAP_OK;
	return scan(chunks, &window, err);
}

enum iap_status
iap_chunks_find(struct iap_reader *message, const struct iap_cms *cms,
    struct iap_chunks **out, struct iap_error *err)
{
	IAP_CLEANUP(iap_chunks_free) struct iap_chunks *chunks = calloc(1, sizeof *chunks);

	if (chunks == NULL)
		iap_log_die("out of memory");
	chunks->primitive = cms->layout != IAP_CMS_CHUNKED;
	chunks->begin = cms->layout == IAP_CMS_DETACHED ? 0 : cms->content;
	chunks->size = cms->layout == IAP_CMS_DETACHED ? message->size : cms->content_size;
	if (chunks->begin > message->size ||
	    (chunks->primitive && chunks->size > message->size - chunks->begin))
		return iap_error_set(err, IAP_CORRUPT, "cms: cut off at %llu",
		    (unsigned long long)message->size);
	if (!chunks->primitive && find_chunks(chunks, message, cms, err) != IAP_OK)
		return err->status;
	*out = chunks;
	chunks = NULL;
	return IAP_OK;
}

void
iap_chunks_free(struct iap_chunks **chunks)
{
	if (*chunks == NULL)
		return;
	free((*chunks)->index);
	free(*chunks);
	*chunks = NULL;
}

uint64_t
iap_chunks_size(const struct iap_chunks *chunks)
{
	return chunks->size;
}

/* The chunk that holds byte `offset`, or one before it in an index. */
static struct chunk
locate(const struct iap_chunks *chunks, uint64_t offset)
{
	size_t low = 0, high = chunks->index_count;

	if (chunks->index == NULL && offset < chunks->equal * chunks->chunk_size) {
		uint64_t number = offset / chunks->chunk_size;

		return (struct chunk){
			.header = chunks->begin +
			    number * (chunks->header_size + chunks->chunk_size),
			.first = number * chunks->chunk_size,
		};
	}
	if (chunks->index == NULL) {
		size_t i = 0;

		while (i + 1 < chunks->tail_count && chunks->tail[i + 1].first <= offset)
			i++;
		return chunks->tail[i];
	}
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (chunks->index[middle].first <= offset)
			low = middle;
		else
			high = middle;
	}
	return chunks->index[low];
}

/* Copies bytes of one chunk, out of the window as far as it holds them. */
static enum iap_status
copy_out(struct window *window, uint64_t at, unsigned char *out, size_t size,
    struct iap_error *err)
{
	size_t held = 0, got;

	if (at >= window->begin && at < window->begin + window->size) {
		held = (size_t)(window->begin + window->size - at);
		held = held < size ? held : size;
		memcpy(out, window->bytes + (at - window->begin), held);
	}
	if (held == size)
		return IAP_OK;
	if (iap_reader_read_at(window->message, at + held, out + held, size - held, &got, err)
	    != IAP_OK)
		return err->status;
	if (got != size - held)
		return iap_error_set(err, IAP_CORRUPT, "cms: cut off at %llu",
		    (unsigned long long)(at + held + got));
	return IAP_OK;
}

/* How much to read at a header, so that little is read that is not needed. */
static size_t
wanted(const struct iap_chunks *chunks, uint64_t skip, size_t size)
{
	uint64_t step = chunks->chunk_size == 0 ? CLOSE_BY : chunks->chunk_size;
	uint64_t want = skip + size + (size / step + 2) * IAP_BER_HEADER_MAX;

	if (skip > CLOSE_BY * 2 || step > WINDOW)
		return IAP_BER_HEADER_MAX;
	return want < WINDOW ? (size_t)want : WINDOW;
}

static enum iap_status
read_chunks(struct iap_chunks *chunks, struct window *window, uint64_t offset,
    unsigned char *bytes, size_t size, struct iap_error *err)
{
	struct chunk chunk = locate(chunks, offset);

	while (size > 0) {
		bool predicted = chunks->index == NULL && chunk.first < chunks->equal *
		    chunks->chunk_size;
		uint64_t skip = offset - chunk.first;
		size_t used, part;

		if (read_header(window, chunk.header, wanted(chunks, skip, size), &chunk.length,
		    &used, err) != IAP_OK)
			return iap_error_set(err, err->status == IAP_NOT_FOUND ? IAP_CORRUPT
			    : err->status, "cms: no chunk at %llu",
			    (unsigned long long)chunk.header);
		if (predicted &&
		    (used != chunks->header_size || chunk.length != chunks->chunk_size))
			return iap_error_set(err, IAP_CORRUPT, "cms: unequal chunk at %llu",
			    (unsigned long long)chunk.header);
		if (skip < chunk.length) {
			part = chunk.length - skip < size ? (size_t)(chunk.length - skip) : size;
			if (copy_out(window, chunk.header + used + skip, bytes, part, err) != IAP_OK)
				return err->status;
			bytes += part;
			offset += part;
			size -= part;
		}
		chunk.first += chunk.length;
		chunk.header += used + chunk.length;
	}
	return IAP_OK;
}

enum iap_status
iap_chunks_read_at(struct iap_chunks *chunks, struct iap_reader *message, uint64_t offset,
    void *bytes, size_t size, size_t *got, struct iap_error *err)
{
	struct window window;
	enum iap_status status;

	*got = 0;
	if (offset >= chunks->size)
		return IAP_OK;
	size = size < chunks->size - offset ? size : (size_t)(chunks->size - offset);
	if (chunks->primitive)
		return iap_reader_read_at(message, chunks->begin + offset, bytes, size, got, err);
	/* Not its bytes: they are filled before they are looked at. */
	window.message = message;
	window.begin = 0;
	window.size = 0;
	status = read_chunks(chunks, &window, offset, bytes, size, err);
	/* The chunks were not as equal as they looked: read all headers, once. */
	if (status == IAP_CORRUPT && chunks->index == NULL) {
		status = scan(chunks, &window, err);
		if (status == IAP_OK && offset + size <= chunks->size)
			status = read_chunks(chunks, &window, offset, bytes, size, err);
		else if (status == IAP_OK)
			status = iap_error_set(err, IAP_CORRUPT, "cms: chunks changed");
	}
	if (status == IAP_OK)
		*got = size;
	return status;
}
