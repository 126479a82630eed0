/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/archive/describe.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

static void
add_text(struct iap_buf *buf, const char *key, const char *text)
{
	if (text != NULL)
		iap_buf_format(buf, "%s %s\n", key, text);
}

static void
add_moment(struct iap_buf *buf, const char *key, struct iap_moment moment)
{
	if (moment.known)
		add_text(buf, key, iap_clock_format(buf->arena, moment.ms));
}

static void
add_texts(struct iap_buf *buf, const char *key, const struct iap_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		iap_buf_format(buf, "%s %s", i == 0 ? key : " |", texts->items[i]);
	if (texts->count > 0)
		iap_buf_char(buf, '\n');
}

static const char *
or_dash(const char *text)
{
	return text == NULL ? "-" : text;
}

static void
add_people(struct iap_buf *buf, const struct iap_metadata *metadata)
{
	for (size_t i = 0; i < metadata->participant_count; i++) {
		const struct iap_participant *person = &metadata->participants[i];

		iap_buf_format(buf, "%s %s | %s | %s | %s | %s | %s\n",
		    iap_contact_name(person->kind),
		    or_dash(person->user_name), or_dash(person->first_name),
		    or_dash(person->last_name), or_dash(person->phone),
		    person->joined.known ? iap_clock_format(buf->arena, person->joined.ms) : "-",
		    person->left.known ? iap_clock_format(buf->arena, person->left.ms) : "-");
	}
	for (size_t i = 0; i < metadata->attribute_count; i++)
		iap_buf_format(buf, "%s %s=%s\n", metadata->attributes[i].secret ? "secret" : "dat"
		    "a",
		    metadata->attributes[i].key, metadata->attributes[i].value);
}

static void
add_media(struct iap_buf *buf, const struct iap_media_entry *entry)
{
	iap_buf_format(buf, "media %s %s%s\n", iap_media_kind_name(entry->kind), entry->type,
	    entry->encrypted ? " encrypted" : "");
	add_texts(buf, "  names", &entry->names);
	add_moment(buf, "  from", entry->started);
	add_moment(buf, "  to", entry->ended);
	if (entry->has_duration)
		iap_buf_format(buf, "  ms %lld\n", (long long)entry->duration_ms);
	if (entry->has_size)
		iap_buf_format(buf, "  size %llu\n", (unsigned long long)entry->size);
	add_text(buf, "  call", entry->call_uuid);
	for (size_t i = 0; i < entry->mask_count; i++)
		iap_buf_format(buf, "  mask %lld %lld\n", (long long)entry->masks[i].from_ms,
		    (long long)entry->masks[i].to_ms);
	add_texts(buf, "  alias", &entry->cert_aliases);
	if (entry->envelope != NULL)
		iap_buf_format(buf, "  envelope %.27s\n", entry->envelope);
	add_text(buf, "  contact", entry->screen_contact);
}

const char *
describe(struct iap_arena *arena, const struct iap_metadata *metadata)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	add_text(&buf, "id", metadata->recording_id);
	add_moment(&buf, metadata->started_by_date ? "date" : "from", metadata->started);
	add_moment(&buf, "to", metadata->ended);
	if (metadata->has_duration)
		iap_buf_format(&buf, "ms %lld\n", (long long)metadata->duration_ms);
	if (metadata->caller != NULL)
		iap_buf_format(&buf, "caller %s (%s)\n", metadata->caller,
		    or_dash(metadata->caller_digits));
	if (metadata->dialed != NULL)
		iap_buf_format(&buf, "dialed %s (%s)\n", metadata->dialed,
		    or_dash(metadata->dialed_digits));
	add_text(&buf, "type", iap_call_type_name(metadata->call_type));
	add_text(&buf, "region", metadata->region);
	add_texts(&buf, "partitions", &metadata->partitions);
	add_texts(&buf, "accessgroups", &metadata->accessgroups);
	add_texts(&buf, "tenants", &metadata->tenants);
	add_texts(&buf, "labels", &metadata->labels);
	if (metadata->non_delete)
		iap_buf_text(&buf, "protected\n");
	add_people(&buf, metadata);
	for (size_t i = 0; i < metadata->media_count; i++)
		add_media(&buf, &metadata->media[i]);
	return buf.bytes;
}

const struct iap_metadata *
describe_read(struct iap_arena *arena, const char *text, const char *key)
{
	struct iap_document document;
	struct iap_error err = { 0 };

	if (iap_document_parse(arena, text, strlen(text), key, &document, &err) != IAP_OK)
		fail_msg("%s: %s", text, err.detail);
	assert_int_equal(document.count, 1);
	assert_null(document.fault);
	return document.recordings;
}

char *
describe_load(struct iap_arena *arena, const char *name, size_t *size_out)
{
	const char *srcdir = getenv("srcdir");
	struct iap_error err = { 0 };
	char *bytes = NULL;

	if (iap_file_load(arena, iap_arena_format(arena, "%s/tests/data/documents/%s",
	    srcdir == NULL ? "." : srcdir, name), IAP_DOCUMENT_LIMIT, &bytes, size_out,
	    &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return bytes;
}
