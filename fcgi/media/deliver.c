/* SPDX-License-Identifier: Apache-2.0 */
#include "media/deliver.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "media/check.h"
#include "media/disposition.h"
#include "media/document.h"
#include "media/ended.h"
#include "media/range.h"
#include "media/report.h"

/* The answer to what went wrong, in the words of users; the log gets the detail. */
static void
answer_failure(struct iap_slot *slot, const struct iap_ticket *ticket,
    enum iap_media_state state, const struct iap_error *err)
{
	int status = err->status == IAP_CONFLICT ? 409
	    : err->status == IAP_FORBIDDEN ? 403
	    : err->status == IAP_UNAVAILABLE ? 503 : 500;

	iap_log_warning("not delivered status=%d source=%s key=%s cause=%s", status,
	    ticket->source == NULL ? "" : ticket->source, ticket->key == NULL ? "" : ticket->key,
	    err->detail);
	if (status == 409)
		iap_report_save(slot->settings, ticket, state);
	iap_exchange_problem(slot->exchange, status, state);
}

/* What all good answers about a medium carry. */
static void
begin_answer(struct iap_slot *slot, const struct iap_ticket *ticket,
    const struct iap_medium *medium, int status)
{
	iap_exchange_status(slot->exchange, status);
	iap_exchange_field(slot->exchange, "Content-Type", medium->type);
	iap_exchange_field(slot->exchange, "ETag", medium->etag);
	iap_exchange_field(slot->exchange, "Last-Modified", medium->date);
	if (ticket->op == IAP_TICKET_MEDIA)
		iap_exchange_field(slot->exchange, "Accept-Ranges", "bytes");
	if (ticket->name != NULL)
		iap_exchange_field(slot->exchange, "Content-Disposition",
		    iap_disposition_format(slot->arena, ticket->name));
}

/* Sends everything from `reader`. What goes wrong now can only break the answer off. */
static void
stream(struct iap_slot *slot, struct iap_reader *reader)
{
	struct iap_error err;
	size_t got;

	for (uint64_t at = 0; at < reader->size; at += got) {
		if (iap_reader_read_at(reader, at, slot->buffer, IAP_SLOT_STREAM_STEP, &got, &err)
		    != IAP_OK || got == 0) {
			iap_log_warning("stream is broken off at=%" PRIu64 " cause=%s", at,
			    got == 0 ? "the object has shrunk" : err.detail);
			iap_exchange_break(slot->exchange);
			return;
		}
		if (!iap_exchange_write(slot->exchange, slot->buffer, got))
			return;
	}
}

static void
answer_whole(struct iap_slots *slots, struct iap_slot *slot, const struct iap_ticket *ticket,
    struct iap_medium *medium)
{
	bool is_head = iap_exchange_is_head(slot->exchange);

	if (!is_head && !iap_slot_stream_begin(slots, slot, ticket->session)) {
		iap_exchange_problem(slot->exchange, 429, medium->state);
		return;
	}
	begin_answer(slot, ticket, medium, 200);
	iap_exchange_number(slot->exchange, "Content-Length", medium->reader->size);
	iap_exchange_body(slot->exchange);
	if (is_head)
		return;
	stream(slot, medium->reader);
	iap_slot_stream_end(slot);
}

/* One bounded part, read whole before the first byte is sent, so that errors are answers. */
static void
answer_part(struct iap_slot *slot, const struct iap_ticket *ticket, struct iap_medium *medium,
    const struct iap_range *range)
{
	uint64_t size = range->last - range->first + 1;
	struct iap_error err = { 0 };
	size_t got;

	if (size > slot->buffer_size)
		size = slot->buffer_size;
	if (size > (uint64_t)slot->settings->media_range_size)
		size = (uint64_t)slot->settings->media_range_size;
	if (iap_reader_read_at(medium->reader, range->first, slot->buffer, (size_t)size, &got,
	    &err) != IAP_OK || got == 0) {
		if (got == 0 && err.status == IAP_OK)
			iap_error_set(&err, IAP_CORRUPT, "the object has shrunk");
		iap_medium_refuse(medium, &err);
		answer_failure(slot, ticket, medium->state, &err);
		return;
	}
	begin_answer(slot, ticket, medium, 206);
	iap_exchange_number(slot->exchange, "Content-Length", got);
	iap_exchange_field(slot->exchange, "Content-Range", iap_arena_format(slot->arena,
	    "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, range->first, range->first + got - 1,
	    medium->reader->size));
	iap_exchange_body(slot->exchange);
	iap_exchange_write(slot->exchange, slot->buffer, got);
}

static void
answer_media(struct iap_slots *slots, struct iap_slot *slot, const struct iap_ticket *ticket,
    struct iap_medium *medium)
{
	const char *field = iap_exchange_param(slot->exchange, "HTTP_RANGE");
	bool is_head = iap_exchange_is_head(slot->exchange);
	bool is_same = iap_range_check(iap_exchange_param(slot->exchange, "HTTP_IF_RANGE"),
	    medium->etag, medium->date);
	struct iap_range range;

	/* The whole is for those who may download, and they were sent to the other pool. */
	if (slot->parts_only && !is_head && !is_same) {
		iap_exchange_problem(slot->exchange, 412, medium->state);
		return;
	}
	range = iap_range_parse(ticket->whole || is_head || !is_same ? NULL : field,
	    medium->reader->size);
	if (range.kind == IAP_RANGE_PART) {
		answer_part(slot, ticket, medium, &range);
	} else if (range.kind == IAP_RANGE_NONE && (is_head || !slot->parts_only)) {
		answer_whole(slots, slot, ticket, medium);
	} else {
		iap_exchange_no_range(slot->exchange, medium->reader->size);
	}
}

/* A short answer that was made in memory. */
static void
answer_json(struct iap_slot *slot, const struct iap_buf *json)
{
	iap_exchange_status(slot->exchange, 200);
	iap_exchange_field(slot->exchange, "Content-Type", "application/json");
	iap_exchange_number(slot->exchange, "Content-Length", json->length);
	iap_exchange_body(slot->exchange);
	if (!iap_exchange_is_head(slot->exchange))
		iap_exchange_write(slot->exchange, json->bytes, json->length);
}

static void
answer_ticket(struct iap_slots *slots, struct iap_slot *slot, const struct iap_ticket *ticket)
{
	IAP_CLEANUP(iap_medium_close) struct iap_medium medium = { 0 };
	struct iap_error err = { 0 };
	struct iap_buf json;
	enum iap_status status = iap_medium_open(&slot->place, slot->arena, ticket, &medium, &err);

	iap_buf_open(&json, slot->arena);
	if (ticket->op == IAP_TICKET_CHECK && (status == IAP_OK || status == IAP_CONFLICT)) {
		status = iap_check_format(&medium, slot, &json, &err);
		if (status == IAP_OK) {
			answer_json(slot, &json);
			return;
		}
	}
	if (status == IAP_OK && ticket->op == IAP_TICKET_DOCUMENT)
		status = iap_document_open(ticket, &medium.reader, &err);
	if (status == IAP_OK && ticket->op == IAP_TICKET_PEAKS)
		status = iap_check_peaks(&medium, &json, &err);
	if (status != IAP_OK) {
		answer_failure(slot, ticket, medium.state, &err);
		return;
	}
	if (medium.is_first)
		iap_report_save(slot->settings, ticket, IAP_STATE_OK);
	if (ticket->op == IAP_TICKET_PEAKS)
		answer_json(slot, &json);
	else if (ticket->op == IAP_TICKET_DOCUMENT)
		answer_whole(slots, slot, ticket, &medium);
	else
		answer_media(slots, slot, ticket, &medium);
}

void
iap_deliver(struct iap_slots *slots, struct iap_slot *slot)
{
	const char *method = iap_exchange_param(slot->exchange, "REQUEST_METHOD");
	const char *text = iap_exchange_param(slot->exchange, "IAP_TICKET");
	struct iap_ticket ticket = { 0 };
	struct iap_error err = { 0 };

	if (method == NULL || (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)) {
		iap_exchange_problem(slot->exchange, 405, IAP_STATE_UNCHECKED);
		return;
	}
	if (text == NULL)
		iap_error_set(&err, IAP_FORBIDDEN, "ticket: none");
	else if (iap_ticket_parse(slot->arena, slot->key, text, iap_clock_now_ms(), &ticket, &err)
	    == IAP_OK && iap_ended_check(slot->settings, ticket.session))
		iap_error_set(&err, IAP_FORBIDDEN, "the session has ended");
	if (err.status != IAP_OK)
		answer_failure(slot, &ticket, IAP_STATE_UNCHECKED, &err);
	else
		answer_ticket(slots, slot, &ticket);
}
