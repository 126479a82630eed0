/* SPDX-License-Identifier: Apache-2.0 */
#include "media/ticket.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"

/*
 * Fields are a tag byte, a length (base 128, low digits first) and as many
 * bytes; numbers are such base 128 digits. What is zero or NULL is left out,
 * so that a ticket of today is read by the program of tomorrow.
 */
enum tag {
	TAG_OP = 1, TAG_EXPIRES, TAG_SOURCE, TAG_KEY, TAG_SIZE, TAG_INTERACTION, TAG_N,
	TAG_TYPE, TAG_NAME, TAG_WHOLE, TAG_PROTECTION, TAG_ENVELOPE, TAG_SESSION, TAG_SLICE_BEGIN,
	TAG_SLICE_END, TAG_BLANKS, TAG_NUMBERS
};

enum { KEY_LENGTH_MIN = 32 };

/* Bytes that are being read. */
struct fields {
	struct iap_arena *arena;
	const unsigned char *at;
	const unsigned char *end;
};

enum iap_status
iap_ticket_key_load(const char *path, struct iap_ticket_key *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	char *text;
	size_t length;

	if (iap_file_load_secret(arena, path, &text, err) != IAP_OK)
		return err->status;
	length = strlen(text);
	if (length < KEY_LENGTH_MIN)
		return iap_error_set(err, IAP_INVALID, "%s: shorter than %d bytes", path,
		    KEY_LENGTH_MIN);
	iap_hash_sha256(text, length, out->bytes);
	iap_secret_wipe(text, length);
	return IAP_OK;
}

void
iap_ticket_key_wipe(struct iap_ticket_key *key)
{
	iap_secret_wipe(key, sizeof *key);
}

static void
add_number(struct iap_buf *buf, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		iap_buf_char(buf, (char)(0x80 | (number & 0x7f)));
	iap_buf_char(buf, (char)number);
}

static void
add_bytes(struct iap_buf *buf, enum tag tag, const void *bytes, size_t size)
{
	if (size == 0)
		return;
	iap_buf_char(buf, (char)tag);
	add_number(buf, size);
	iap_buf_add(buf, bytes, size);
}

static void
add_text(struct iap_buf *buf, enum tag tag, const char *text)
{
	if (text != NULL)
		add_bytes(buf, tag, text, strlen(text));
}

static void
add_value(struct iap_buf *buf, enum tag tag, uint64_t value)
{
	struct iap_buf digits;

	if (value == 0)
		return;
	iap_buf_open(&digits, buf->arena);
	add_number(&digits, value);
	add_bytes(buf, tag, digits.bytes, digits.length);
}

/* Each span as its distance from the one before, and its length. */
static void
add_blanks(struct iap_buf *buf, enum tag tag, const struct iap_ticket_blank *blanks, size_t count)
{
	struct iap_buf digits;
	uint64_t at = 0;

	iap_buf_open(&digits, buf->arena);
	for (size_t i = 0; i < count; i++) {
		add_number(&digits, blanks[i].begin - at);
		add_number(&digits, blanks[i].end - blanks[i].begin);
		at = blanks[i].end;
	}
	add_bytes(buf, tag, digits.bytes, digits.length);
}

static bool
are_in_order(const struct iap_ticket_blank *blanks, size_t count)
{
	uint64_t at = 0;

	for (size_t i = 0; i < count; i++) {
		if (blanks[i].begin < at || blanks[i].end < blanks[i].begin)
			return false;
		at = blanks[i].end;
	}
	return count <= IAP_TICKET_BLANKS_MAX;
}

static bool
blanks_in_order(const struct iap_ticket *ticket)
{
	return are_in_order(ticket->blanks, ticket->blank_count) &&
	    are_in_order(ticket->numbers, ticket->number_count);
}

static bool
is_whole(const struct iap_ticket *ticket)
{
	return ticket->source != NULL && ticket->source[0] != '\0' && ticket->key != NULL &&
	    ticket->key[0] != '\0' && ticket->op >= IAP_TICKET_MEDIA &&
	    ticket->op <= IAP_TICKET_CHECK && ticket->protection <= IAP_TICKET_WHOLE_FILE &&
	    (ticket->protection != IAP_TICKET_DETACHED || ticket->envelope_size != 0);
}

enum iap_status
iap_ticket_format(struct iap_arena *arena, const struct iap_ticket_key *key,
    const struct iap_ticket *ticket, const char **text_out, struct iap_error *err)
{
	unsigned char mac[IAP_SHA256_SIZE];
	struct iap_buf buf;
	const char *body;

	if (!is_whole(ticket) || !blanks_in_order(ticket))
		return iap_error_set(err, IAP_INVALID, "ticket: misses a field or blanks are wrong");
	iap_buf_open(&buf, arena);
	add_value(&buf, TAG_OP, ticket->op);
	add_value(&buf, TAG_EXPIRES, (uint64_t)ticket->expires_ms);
	add_text(&buf, TAG_SOURCE, ticket->source);
	add_text(&buf, TAG_KEY, ticket->key);
	add_value(&buf, TAG_SIZE, ticket->size);
	add_value(&buf, TAG_INTERACTION, ticket->interaction);
	add_value(&buf, TAG_N, ticket->n);
	add_text(&buf, TAG_TYPE, ticket->type);
	add_text(&buf, TAG_NAME, ticket->name);
	add_value(&buf, TAG_WHOLE, ticket->whole);
	add_value(&buf, TAG_PROTECTION, ticket->protection);
	add_bytes(&buf, TAG_ENVELOPE, ticket->envelope, ticket->envelope_size);
	add_bytes(&buf, TAG_SESSION, ticket->session, sizeof ticket->session);
	add_value(&buf, TAG_SLICE_BEGIN, ticket->slice_begin);
	add_value(&buf, TAG_SLICE_END, ticket->slice_end);
	add_blanks(&buf, TAG_BLANKS, ticket->blanks, ticket->blank_count);
	add_blanks(&buf, TAG_NUMBERS, ticket->numbers, ticket->number_count);
	body = iap_text_to_base64url(arena, buf.bytes, buf.length);
	iap_hash_hmac(key->bytes, sizeof key->bytes, body, strlen(body), mac);
	*text_out = iap_arena_format(arena, "%s.%s", body,
	    iap_text_to_base64url(arena, mac, sizeof mac));
	if (strlen(*text_out) > IAP_TICKET_MAX)
		return iap_error_set(err, IAP_INVALID, "ticket: %zu bytes, more than %d",
		    strlen(*text_out), IAP_TICKET_MAX);
	return IAP_OK;
}

static bool
take_number(struct fields *fields, uint64_t *out)
{
	unsigned int shift = 0;

	for (*out = 0; fields->at < fields->end && shift < 64; shift += 7) {
		unsigned char digit = *fields->at++;

		*out |= (uint64_t)(digit & 0x7f) << shift;
		if ((digit & 0x80) == 0)
			return true;
	}
	return false;
}

static bool
take_blanks(struct fields *value, const struct iap_ticket_blank **out, size_t *count)
{
	struct iap_ticket_blank *blanks = iap_arena_array(value->arena, IAP_TICKET_BLANKS_MAX,
	    sizeof *blanks);
	uint64_t at = 0, gap, length;

	for (*out = blanks; value->at < value->end; ++*count) {
		if (*count == IAP_TICKET_BLANKS_MAX || !take_number(value, &gap) ||
		    !take_number(value, &length))
			return false;
		blanks[*count].begin = at += gap;
		blanks[*count].end = at += length;
	}
	return true;
}

/* The one number of a field. */
static bool
take_value(struct fields *value, uint64_t *out)
{
	return take_number(value, out) && value->at == value->end;
}

static bool
take_text(const struct fields *value, const char **out)
{
	size_t size = (size_t)(value->end - value->at);

	*out = iap_arena_copy_bytes(value->arena, value->at, size);
	return strlen(*out) == size;
}

static bool
take_bytes_field(enum tag tag, struct fields *value, struct iap_ticket *out)
{
	size_t size = (size_t)(value->end - value->at);

	switch (tag) {
	case TAG_SOURCE:
		return take_text(value, &out->source);
	case TAG_KEY:
		return take_text(value, &out->key);
	case TAG_TYPE:
		return take_text(value, &out->type);
	case TAG_NAME:
		return take_text(value, &out->name);
	case TAG_ENVELOPE:
		out->envelope = value->at;
		out->envelope_size = size;
		return true;
	case TAG_SESSION:
		memcpy(out->session, value->at, size == sizeof out->session ? size : 0);
		return size == sizeof out->session;
	case TAG_BLANKS:
		return take_blanks(value, &out->blanks, &out->blank_count);
	case TAG_NUMBERS:
		return take_blanks(value, &out->numbers, &out->number_count);
	default:
		return false;
	}
}

static bool
take_field(enum tag tag, struct fields *value, struct iap_ticket *out)
{
	uint64_t number;

	switch (tag) {
	case TAG_SIZE:
		return take_value(value, &out->size);
	case TAG_INTERACTION:
		return take_value(value, &out->interaction);
	case TAG_SLICE_BEGIN:
		return take_value(value, &out->slice_begin);
	case TAG_SLICE_END:
		return take_value(value, &out->slice_end);
	case TAG_OP:
	case TAG_EXPIRES:
	case TAG_N:
	case TAG_WHOLE:
	case TAG_PROTECTION:
		if (!take_value(value, &number))
			return false;
		break;
	default:
		return take_bytes_field(tag, value, out);
	}
	if (tag == TAG_OP)
		out->op = (enum iap_ticket_op)number;
	else if (tag == TAG_EXPIRES)
		out->expires_ms = (int64_t)number;
	else if (tag == TAG_N)
		out->n = (unsigned int)number;
	else if (tag == TAG_WHOLE)
		out->whole = number != 0;
	else
		out->protection = (enum iap_ticket_envelope)number;
	return true;
}

static bool
take_fields(struct fields fields, struct iap_ticket *out)
{
	while (fields.at < fields.end) {
		enum tag tag = *fields.at++;
		struct fields value = fields;
		uint64_t size;

		if (!take_number(&fields, &size) || size > (uint64_t)(fields.end - fields.at))
			return false;
		value.at = fields.at;
		value.end = fields.at += size;
		if (!take_field(tag, &value, out))
			return false;
	}
	return true;
}

enum iap_status
iap_ticket_parse(struct iap_arena *arena, const struct iap_ticket_key *key, const char *text,
    int64_t now_ms, struct iap_ticket *out, struct iap_error *err)
{
	size_t length = strnlen(text, IAP_TICKET_MAX + 1);
	const char *dot = memchr(text, '.', length);
	unsigned char mac[IAP_SHA256_SIZE];
	struct fields fields = { .arena = arena };
	const unsigned char *given, *body;
	size_t size;

	*out = (struct iap_ticket){ 0 };
	if (length > IAP_TICKET_MAX || dot == NULL)
		return iap_error_set(err, IAP_FORBIDDEN, "ticket: not one of ours");
	given = iap_text_from_base64url(arena, dot + 1, length - (size_t)(dot + 1 - text), &size);
	iap_hash_hmac(key->bytes, sizeof key->bytes, text, (size_t)(dot - text), mac);
	if (given == NULL || size != sizeof mac || !iap_secret_equal(given, mac, sizeof mac))
		return iap_error_set(err, IAP_FORBIDDEN, "ticket: signature is wrong");
	body = iap_text_from_base64url(arena, text, (size_t)(dot - text), &size);
	if (body == NULL)
		return iap_error_set(err, IAP_FORBIDDEN, "ticket: not base64url");
	fields.at = body;
	fields.end = body + size;
	if (!take_fields(fields, out) || !is_whole(out) || !blanks_in_order(out))
		return iap_error_set(err, IAP_FORBIDDEN, "ticket: fields are wrong");
	if (now_ms >= out->expires_ms)
		return iap_error_set(err, IAP_FORBIDDEN, "ticket: expired");
	return IAP_OK;
}
