/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an entry: as they lie, or inflated (RFC 1951). */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/log.h"
#include "storage/zip_parts.h"

/*
 * Inflated bytes are kept a while: who decrypts them steps back by a block,
 * and who opens them looks at the head again.
 */
enum { WINDOW = 1024 * 1024, PACKED_MAX = 256 * 1024, STEP = 64 * 1024 };

struct zip_reader {
	struct iap_reader reader;
	struct iap_reader *archive;
	uint64_t data;     /* where the packed bytes begin */
	uint64_t packed;
	uint32_t wanted;   /* CRC-32 that all bytes must have */
	uint32_t crc;      /* of the bytes up to crc_at */
	uint64_t crc_at;
};

struct inflate_reader {
	struct zip_reader zip;
	z_stream stream;
	uint64_t packed_at;      /* packed bytes that were fetched */
	unsigned char *fetched;  /* the last of them */
	size_t fetched_max;
	unsigned char *window;   /* inflated */
	uint64_t window_at;
	size_t window_size;
	size_t window_max;
};

/* Counts bytes into the CRC when they follow those before. */
static enum iap_status
check_crc(struct zip_reader *zip, uint64_t offset, const void *bytes, size_t size,
    struct iap_error *err)
{
	if (offset != zip->crc_at)
		return IAP_OK;
	zip->crc = (uint32_t)crc32(zip->crc, bytes, (uInt)size);
	zip->crc_at += size;
	if (zip->crc_at == zip->reader.size && zip->crc != zip->wanted)
		return iap_error_set(err, IAP_CORRUPT, "zip: the entry's checksum is wrong");
	return IAP_OK;
}

static enum iap_status
cut_off(struct iap_error *err)
{
	return iap_error_set(err, IAP_CORRUPT, "zip: the entry is cut off");
}

static enum iap_status
stored_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct zip_reader *zip = (struct zip_reader *)reader;

	if (size > reader->size - offset)
		size = (size_t)(reader->size - offset);
	if (iap_reader_read_at(zip->archive, zip->data + offset, bytes, size, got, err) != IAP_OK)
		return err->status;
	if (*got != size)
		return cut_off(err);
	return check_crc(zip, offset, bytes, size, err);
}

static void
stored_close(struct iap_reader *reader)
{
	iap_reader_close(&((struct zip_reader *)reader)->archive);
	free(reader);
}

static const struct iap_reader_ops stored_ops = {
	.read_at = stored_read_at,
	.close = stored_close,
};

/* More packed bytes for zlib. */
static enum iap_status
fetch(struct inflate_reader *inflated, struct iap_error *err)
{
	struct zip_reader *zip = &inflated->zip;
	uint64_t left = zip->packed - inflated->packed_at;
	size_t size = left < inflated->fetched_max ? (size_t)left : inflated->fetched_max, got;

	if (size == 0)
		return cut_off(err);
	if (iap_reader_read_at(zip->archive, zip->data + inflated->packed_at, inflated->fetched,
	    size, &got, err) != IAP_OK)
		return err->status;
	if (got != size)
		return cut_off(err);
	inflated->packed_at += size;
	inflated->stream.next_in = inflated->fetched;
	inflated->stream.avail_in = (uInt)size;
	return IAP_OK;
}

/* Inflates up to `size` bytes; *got is less only when the stream ended. */
static enum iap_status
inflate_some(struct inflate_reader *inflated, unsigned char *out, size_t size, size_t *got,
    struct iap_error *err)
{
	z_stream *stream = &inflated->stream;
	int result = Z_OK;

	stream->next_out = out;
	stream->avail_out = (uInt)size;
	while (stream->avail_out != 0 && result != Z_STREAM_END) {
		/* It may know the rest without more bytes. */
		result = inflate(stream, Z_NO_FLUSH);
		if (result == Z_BUF_ERROR && stream->avail_in == 0 && fetch(inflated, err) != IAP_OK)
			return err->status;
		if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
			return iap_error_set(err, IAP_CORRUPT, "zip: the entry does not inflate: %s",
			    stream->msg != NULL ? stream->msg : "wrong bytes");
	}
	*got = size - stream->avail_out;
	return IAP_OK;
}

/* Behind the last byte that was promised there must be no other. */
static enum iap_status
check_end(struct inflate_reader *inflated, struct iap_error *err)
{
	unsigned char more;
	size_t got;

	if (inflate_some(inflated, &more, 1, &got, err) != IAP_OK)
		return err->status;
	return got == 0 ? IAP_OK :
	    iap_error_set(err, IAP_CORRUPT, "zip: the entry is longer than the zip says");
}

/* The next step of inflated bytes behind those of the window. */
static enum iap_status
advance(struct inflate_reader *inflated, struct iap_error *err)
{
	uint64_t at = inflated->window_at + inflated->window_size;
	uint64_t left = inflated->zip.reader.size - at;
	size_t size = left < STEP ? (size_t)left : STEP, got;
	unsigned char *to;

	if (size > inflated->window_max - inflated->window_size) {
		size_t kept = inflated->window_max / 2;

		memmove(inflated->window, inflated->window + inflated->window_size - kept, kept);
		inflated->window_at += inflated->window_size - kept;
		inflated->window_size = kept;
	}
	to = inflated->window + inflated->window_size;
	if (inflate_some(inflated, to, size, &got, err) != IAP_OK)
		return err->status;
	if (got != size)
		return iap_error_set(err, IAP_CORRUPT, "zip: the entry is shorter than the zip says");
	inflated->window_size += size;
	if (size == left && check_end(inflated, err) != IAP_OK)
		return err->status;
	return check_crc(&inflated->zip, at, to, size, err);
}

static void
restart(struct inflate_reader *inflated)
{
	inflateReset(&inflated->stream);
	inflated->stream.avail_in = 0;
	inflated->packed_at = 0;
	inflated->window_at = 0;
	inflated->window_size = 0;
	inflated->zip.crc = 0;
	inflated->zip.crc_at = 0;
}

static enum iap_status
inflate_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct inflate_reader *inflated = (struct inflate_reader *)reader;
	size_t skip;

	if (offset < inflated->window_at)
		restart(inflated);
	if (offset > inflated->window_at + inflated->window_size + IAP_ZIP_SKIP_MAX)
		return iap_error_set(err, IAP_FORBIDDEN,
		    "zip: more than %llu bytes would have to be inflated for this range",
		    (unsigned long long)IAP_ZIP_SKIP_MAX);
	while (offset >= inflated->window_at + inflated->window_size)
		if (advance(inflated, err) != IAP_OK) {
			/* What zlib has seen is not to be gone on with. */
			restart(inflated);
			return err->status;
		}
	skip = (size_t)(offset - inflated->window_at);
	*got = inflated->window_size - skip < size ? inflated->window_size - skip : size;
	memcpy(bytes, inflated->window + skip, *got);
	return IAP_OK;
}

static void
inflate_close(struct iap_reader *reader)
{
	struct inflate_reader *inflated = (struct inflate_reader *)reader;

	inflateEnd(&inflated->stream);
	iap_reader_close(&inflated->zip.archive);
	free(inflated->fetched);
	free(inflated->window);
	free(inflated);
}

static const struct iap_reader_ops inflate_ops = {
	.read_at = inflate_read_at,
	.close = inflate_close,
};

static struct zip_reader *
new_stored(void)
{
	struct zip_reader *zip = calloc(1, sizeof *zip);

	if (zip == NULL)
		iap_log_die("out of memory");
	zip->reader.ops = &stored_ops;
	return zip;
}

static struct zip_reader *
new_inflated(const struct iap_zip_entry *entry)
{
	struct inflate_reader *inflated = calloc(1, sizeof *inflated);

	if (inflated == NULL)
		iap_log_die("out of memory");
	inflated->fetched_max = entry->packed < PACKED_MAX ? (size_t)entry->packed : PACKED_MAX;
	inflated->window_max = entry->size < WINDOW ? (size_t)entry->size : WINDOW;
	inflated->fetched = malloc(inflated->fetched_max + 1);
	inflated->window = malloc(inflated->window_max + 1);
	/* Without the header that zlib would put before it. */
	if (inflated->fetched == NULL || inflated->window == NULL ||
	    inflateInit2(&inflated->stream, -MAX_WBITS) != Z_OK)
		iap_log_die("out of memory");
	inflated->zip.reader.ops = &inflate_ops;
	return &inflated->zip;
}

static enum iap_status
check_entry(const struct iap_zip_entry *entry, struct iap_error *err)
{
	if ((entry->flags & IAP_ZIP_ENCRYPTED) != 0)
		return iap_error_set(err, IAP_FORBIDDEN, "zip: the entry has a password");
	if (entry->method != IAP_ZIP_STORED && entry->method != IAP_ZIP_DEFLATED)
		return iap_error_set(err, IAP_FORBIDDEN,
		    "zip: the entry is packed by method %u; stored and deflated can be read",
		    entry->method);
	if (entry->size > IAP_ZIP_RATIO_FREE && entry->size / IAP_ZIP_RATIO_MAX > entry->packed)
		return iap_error_set(err, IAP_FORBIDDEN,
		    "zip: the entry unpacks to more than %d times its size", IAP_ZIP_RATIO_MAX);
	if (entry->method == IAP_ZIP_STORED && entry->size != entry->packed)
		return iap_error_set(err, IAP_CORRUPT, "zip: two sizes of one stored entry");
	return IAP_OK;
}

/* Where the bytes begin, by the header that stands before them. */
static enum iap_status
find_data(const struct iap_zip_entry *entry, struct iap_reader *archive, uint64_t *data,
    struct iap_error *err)
{
	unsigned char head[IAP_ZIP_LOCAL_SIZE];
	size_t got;

	if (iap_reader_read_at(archive, entry->at, head, sizeof head, &got, err) != IAP_OK)
		return err->status;
	if (got != sizeof head || iap_zip_u32(head) != IAP_ZIP_LOCAL ||
	    iap_zip_u16(head + 8) != entry->method)
		return iap_error_set(err, IAP_CORRUPT, "zip: the entry is not where the zip says");
	*data = entry->at + sizeof head + iap_zip_u16(head + 26) + iap_zip_u16(head + 28);
	if (*data > archive->size || entry->packed > archive->size - *data)
		return cut_off(err);
	return IAP_OK;
}

enum iap_status
iap_zip_read(const struct iap_zip_entry *entry, const char *name, struct iap_reader **archive,
    struct iap_reader **out, struct iap_error *err)
{
	struct zip_reader *zip;
	uint64_t data;

	if (check_entry(entry, err) != IAP_OK ||
	    find_data(entry, *archive, &data, err) != IAP_OK) {
		iap_reader_close(archive);
		return iap_error_context(err, "%.200s", name);
	}
	zip = entry->method == IAP_ZIP_STORED ? new_stored() : new_inflated(entry);
	zip->reader.size = entry->size;
	zip->reader.mtime_ns = entry->mtime_ns;
	zip->archive = *archive;
	zip->data = data;
	zip->packed = entry->packed;
	zip->wanted = entry->crc;
	*archive = NULL;
	*out = &zip->reader;
	return IAP_OK;
}
