/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct bytes_reader {
	struct iap_reader reader;
	const unsigned char *bytes;
};

struct lent_reader {
	struct iap_reader reader;
	struct iap_reader *below;
};

enum iap_status
iap_reader_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	*got = 0;
	while (*got < size && offset + *got < reader->size) {
		size_t piece = 0;

		if (reader->ops->read_at(reader, offset + *got, (char *)bytes + *got,
		    size - *got, &piece, err) != IAP_OK)
			return err->status;
		if (piece == 0)
			break;
		*got += piece;
		reader->fetched += piece;
	}
	return IAP_OK;
}

void
iap_reader_close(struct iap_reader **reader)
{
	if (*reader != NULL)
		(*reader)->ops->close(*reader);
	*reader = NULL;
}

static enum iap_status
bytes_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	(void)err;
	*got = reader->size - offset < size ? (size_t)(reader->size - offset) : size;
	memcpy(bytes, ((struct bytes_reader *)reader)->bytes + offset, *got);
	return IAP_OK;
}

static void
bytes_close(struct iap_reader *reader)
{
	free(reader);
}

static const struct iap_reader_ops bytes_ops = {
	.read_at = bytes_read_at,
	.close = bytes_close,
};

struct iap_reader *
iap_reader_open_bytes(const void *bytes, size_t size)
{
	struct bytes_reader *reader = calloc(1, sizeof *reader);

	if (reader == NULL)
		iap_log_die("out of memory");
	reader->reader.ops = &bytes_ops;
	reader->reader.size = size;
	reader->bytes = bytes;
	return &reader->reader;
}

static enum iap_status
lent_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	return iap_reader_read_at(((struct lent_reader *)reader)->below, offset, bytes, size, got,
	    err);
}

static const struct iap_reader_ops lent_ops = {
	.read_at = lent_read_at,
	.close = bytes_close,
};

struct iap_reader *
iap_reader_lend(struct iap_reader *below)
{
	struct lent_reader *reader = calloc(1, sizeof *reader);

	if (reader == NULL)
		iap_log_die("out of memory");
	reader->reader.ops = &lent_ops;
	reader->reader.size = below->size;
	reader->reader.mtime_ns = below->mtime_ns;
	reader->below = below;
	return &reader->reader;
}
