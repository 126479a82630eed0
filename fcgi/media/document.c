/* SPDX-License-Identifier: Apache-2.0 */
#include "media/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct document {
	struct iap_reader reader;
	struct iap_reader *object;
	const struct iap_ticket *ticket;
};

/* Covers what the spans have of the bytes [from, to) of the file, which stand at `bytes`. */
static void
cover(char *bytes, uint64_t from, uint64_t to, const struct iap_ticket_blank *spans, size_t count,
    char fill)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t begin = spans[i].begin > from ? spans[i].begin : from;
		uint64_t end = spans[i].end < to ? spans[i].end : to;

		if (begin < end)
			memset(bytes + (begin - from), fill, (size_t)(end - begin));
	}
}

static enum iap_status
document_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct document *document = (struct document *)reader;
	const struct iap_ticket *ticket = document->ticket;
	uint64_t from = ticket->slice_begin + offset, to;

	if (size > reader->size - offset)
		size = (size_t)(reader->size - offset);
	if (iap_reader_read_at(document->object, from, bytes, size, got, err) != IAP_OK)
		return err->status;
	to = from + *got;
	cover(bytes, from, to, ticket->blanks, ticket->blank_count, '*');
	cover(bytes, from, to, ticket->numbers, ticket->number_count, '1');
	return IAP_OK;
}

static void
document_close(struct iap_reader *reader)
{
	iap_reader_close(&((struct document *)reader)->object);
	free(reader);
}

static const struct iap_reader_ops document_ops = {
	.read_at = document_read_at,
	.close = document_close,
};

enum iap_status
iap_document_open(const struct iap_ticket *ticket, struct iap_reader **reader,
    struct iap_error *err)
{
	uint64_t end = ticket->slice_end == 0 ? (*reader)->size : ticket->slice_end;
	bool is_placed = ticket->blank_count != 0 || ticket->number_count != 0 ||
	    ticket->slice_end != 0;
	struct document *document;

	if (end > (*reader)->size || ticket->slice_begin > end ||
	    (is_placed && ticket->size != 0 && ticket->size != (*reader)->size))
		return iap_error_set(err, IAP_UNAVAILABLE,
		    "document has changed since it was read");
	document = calloc(1, sizeof *document);
	if (document == NULL)
		iap_log_die("out of memory");
	document->reader.ops = &document_ops;
	document->reader.size = end - ticket->slice_begin;
	document->reader.mtime_ns = (*reader)->mtime_ns;
	document->object = *reader;
	document->ticket = ticket;
	*reader = &document->reader;
	return IAP_OK;
}
