/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/draft.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "media/cms.h"
#include "model/key.h"
#include "model/recipient.h"
#include "model/scope.h"
#include "model/text.h"
#include "worker/draft_json.h"

#define SECRET "****"

/* What goes on while one draft is made. */
struct making {
	struct iap_source_pass *pass;
	struct iap_arena *arena;
	const struct iap_draft_document *document;
	const struct iap_metadata *metadata;
	struct iap_draft *draft;
};

static struct iap_maybe_i64
maybe_moment(struct iap_moment moment)
{
	return (struct iap_maybe_i64){ moment.known, moment.known ? moment.ms : 0 };
}

static enum iap_status
make_scope(struct making *making, struct iap_error *err)
{
	const struct iap_source *source = making->pass->source;
	const char *region = making->metadata->region != NULL ? making->metadata->region :
	    source->region[0] != '\0' ? source->region : NULL;
	struct iap_texts divisions = iap_divisions_of(making->pass->rule, making->arena,
	    making->metadata);

	if (!iap_scope_check(region, &divisions))
		return iap_error_set(err, IAP_INVALID,
		    "the region is longer than %d or a division longer than %d characters",
		    IAP_REGION_MAX, IAP_DIVISION_MAX);
	return iap_scope_save(making->pass->worker->db, region, &divisions,
	    &making->draft->row.scope_id, err);
}

static enum iap_status
make_row(struct making *making, struct iap_error *err)
{
	const struct iap_metadata *m = making->metadata;
	struct iap_arena *arena = making->arena;
	struct iap_draft_interaction *row = &making->draft->row;

	if (iap_text_characters(m->recording_id) > IAP_RECORDING_ID_MAX)
		return iap_error_set(err, IAP_INVALID, "the recording id is longer than %d characters",
		    IAP_RECORDING_ID_MAX);
	*row = (struct iap_draft_interaction){
		.recording_id = iap_arena_copy(arena, m->recording_id),
		.source_id = making->pass->source->id,
		.started_ms = maybe_moment(m->started),
		.ended_ms = maybe_moment(m->ended),
		.duration_ms = { m->has_duration, m->has_duration ? m->duration_ms : 0 },
		.caller = iap_text_fit(arena, m->caller, IAP_PHONE_MAX),
		.caller_digits = iap_text_fit(arena, m->caller_digits, IAP_DIGITS_MAX),
		.dialed = iap_text_fit(arena, m->dialed, IAP_PHONE_MAX),
		.dialed_digits = iap_text_fit(arena, m->dialed_digits, IAP_DIGITS_MAX),
		.call_type = iap_call_type_name(m->call_type),
		.state = m->media_count == 0 ? "missing" : "unchecked",
		.reviewed = m->media_count == 0,
		.has_screen = m->has_screen,
		.media_count = (unsigned int)m->media_count,
		.agents = iap_draft_agents(arena, m),
		.events = iap_draft_events(arena, m),
		.labels = iap_draft_texts(arena, &m->labels),
	};
	return make_scope(making, err);
}

static void
make_participants(struct making *making)
{
	const struct iap_metadata *m = making->metadata;
	struct iap_arena *arena = making->arena;
	struct iap_draft_participant *rows = iap_arena_array(arena, m->participant_count + 1,
	    sizeof *rows);

	for (size_t i = 0; i < m->participant_count; i++)
		rows[i] = (struct iap_draft_participant){
			.seq = (unsigned int)i,
			.kind = iap_contact_name(m->participants[i].kind),
			.user_name = iap_text_fit(arena, m->participants[i].user_name, IAP_NAME_MAX),
			.first_name = iap_text_fit(arena, m->participants[i].first_name, IAP_NAME_MAX),
			.last_name = iap_text_fit(arena, m->participants[i].last_name, IAP_NAME_MAX),
			.phone = iap_text_fit(arena, m->participants[i].phone, IAP_PHONE_MAX),
			.joined_ms = maybe_moment(m->participants[i].joined),
			.left_ms = maybe_moment(m->participants[i].left),
		};
	making->draft->participants = rows;
	making->draft->participant_count = m->participant_count;
}

static void
make_attributes(struct making *making)
{
	const struct iap_metadata *m = making->metadata;
	struct iap_draft_attribute *rows = iap_arena_array(making->arena, m->attribute_count + 1,
	    sizeof *rows);

	for (size_t i = 0; i < m->attribute_count; i++)
		rows[i] = (struct iap_draft_attribute){
			.seq = (unsigned int)i,
			.name = iap_text_fit(making->arena, m->attributes[i].key, IAP_ATTRIBUTE_NAME_MAX),
			.value = m->attributes[i].secret ? SECRET : m->attributes[i].value,
		};
	making->draft->attributes = rows;
	making->draft->attribute_count = m->attribute_count;
}

static const char *
join_names(struct iap_arena *arena, const struct iap_texts *names)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	for (size_t i = 0; i < names->count; i++) {
		if (i != 0)
			iap_buf_char(&buf, '\n');
		iap_buf_text(&buf, names->items[i]);
	}
	return buf.bytes;
}

/* Finds the object of a medium in the document's own folder; others are found after the walk. */
static enum iap_status
pair_medium(struct making *making, const struct iap_media_entry *entry,
    struct iap_draft_media *row, struct iap_error *err)
{
	const struct iap_draft_document *document = making->document;
	const struct iap_pair_request request = {
		.document_key = document->key,
		.recording_id = making->metadata->recording_id,
		.names = &entry->names,
		.sole = document->media_count == 1,
		.encrypted = entry->encrypted,
		.kind = entry->kind,
	};
	uint64_t size;

	if (iap_pair(document->lookup, making->arena, &request, &row->object_key, err) != IAP_OK)
		return err->status;
	if (row->object_key == NULL)
		return IAP_OK;
	row->object_key = iap_arena_copy(making->arena, row->object_key);
	row->key_hash = iap_key_hash128(making->arena, row->object_key);
	if (document->size_of(document->context, row->object_key, &size))
		row->size = (struct iap_maybe_i64){ true, (int64_t)size };
	return IAP_OK;
}

static enum iap_status
add_recipients(struct making *making, const struct iap_cms *cms, unsigned int n,
    struct iap_error *err)
{
	struct iap_draft *draft = making->draft;
	struct iap_draft_recipient *grown = iap_arena_array(making->arena,
	    draft->recipient_count + cms->recipient_count + 1, sizeof *grown);

	for (size_t i = 0; i < draft->recipient_count; i++)
		grown[i] = draft->recipients[i];
	draft->recipients = grown;
	for (size_t i = 0; i < cms->recipient_count; i++) {
		const struct iap_recipient *recipient = &cms->recipients[i];
		uint64_t id;
		size_t k = 0;

		if (iap_recipient_save(making->pass->worker->db, recipient->id,
		    recipient->issuer_text != NULL ? recipient->issuer_text : "",
		    recipient->serial_text != NULL ? recipient->serial_text :
		    iap_text_to_hex(making->arena, recipient->ski, recipient->ski_size),
		    &id, err) != IAP_OK)
			return err->status;
		while (k < draft->recipient_count && (grown[k].recipient_id != id || grown[k].n != n))
			k++;
		if (k == draft->recipient_count)
			grown[draft->recipient_count++] = (struct iap_draft_recipient){
				.recipient_id = id, .n = n };
	}
	return IAP_OK;
}

/* An envelope that cannot be read leaves the medium encrypted and without a key. */
static enum iap_status
read_envelope(struct making *making, const struct iap_media_entry *entry,
    struct iap_draft_media *row, struct iap_error *err)
{
	const unsigned char *bytes;
	struct iap_cms cms;
	size_t size;

	if (entry->envelope == NULL ||
	    iap_cms_from_text(making->arena, entry->envelope, &bytes, &size, err) != IAP_OK ||
	    iap_cms_parse(making->arena, bytes, size, &cms, err) != IAP_OK ||
	    cms.layout != IAP_CMS_DETACHED)
		return IAP_OK;
	row->envelope = "detached";
	row->cms = (struct iap_bytes){ bytes, size };
	return add_recipients(making, &cms, row->n, err);
}

static enum iap_status
make_medium(struct making *making, size_t n, struct iap_error *err)
{
	const struct iap_media_entry *entry = &making->metadata->media[n];
	struct iap_draft_media *row = &making->draft->media[n];

	*row = (struct iap_draft_media){
		.n = (unsigned int)n,
		.kind = iap_media_kind_name(entry->kind),
		.type = entry->type != NULL ? iap_text_fit(making->arena, entry->type, IAP_TYPE_MAX) : "",
		.names = join_names(making->arena, &entry->names),
		.document_key = making->document->key,
		.sole = making->document->media_count == 1,
		.source_id = making->pass->source->id,
		.started_ms = maybe_moment(entry->started),
		.duration_ms = { entry->has_duration, entry->has_duration ? entry->duration_ms : 0 },
		.encrypted = entry->encrypted,
		.envelope = "none",
		.state = "unchecked",
		.masks = iap_draft_masks(making->arena, entry),
	};
	making->draft->row.encrypted |= entry->encrypted;
	if (pair_medium(making, entry, row, err) != IAP_OK)
		return err->status;
	return read_envelope(making, entry, row, err);
}

static int
compare_names(const void *a, const void *b)
{
	const struct iap_draft_name *x = a, *y = b;

	return (x->bare_hash > y->bare_hash) - (x->bare_hash < y->bare_hash);
}

static void
add_name(struct making *making, const char *form)
{
	if (form != NULL)
		making->draft->names[making->draft->name_count++] = (struct iap_draft_name){
			.source_id = making->pass->source->id,
			.bare_hash = iap_key_hash64(form),
		};
}

/* Every name that a medium of this recording may have, for the question whether another has it. */
static void
make_names(struct making *making)
{
	const struct iap_metadata *m = making->metadata;
	struct iap_draft *draft = making->draft;
	size_t total = 0, kept = 0;

	for (size_t i = 0; i < m->media_count; i++)
		total += 2 * m->media[i].names.count;
	draft->names = iap_arena_array(making->arena, total + 1, sizeof *draft->names);
	for (size_t i = 0; i < m->media_count; i++)
		for (size_t k = 0; k < m->media[i].names.count; k++) {
			const char *name = m->media[i].names.items[k];

			add_name(making, iap_pair_bare(making->arena, name));
			add_name(making, iap_pair_exact(making->arena, name));
		}
	qsort(draft->names, draft->name_count, sizeof *draft->names, compare_names);
	for (size_t i = 0; i < draft->name_count; i++)
		if (i == 0 || draft->names[i].bare_hash != draft->names[kept - 1].bare_hash)
			draft->names[kept++] = draft->names[i];
	draft->name_count = kept;
}

enum iap_status
iap_draft_make(struct iap_source_pass *pass, struct iap_arena *arena,
    const struct iap_draft_document *document, const struct iap_metadata *metadata,
    size_t element, struct iap_draft *out, struct iap_error *err)
{
	struct making making = { pass, arena, document, metadata, out };

	*out = (struct iap_draft){
		.place = {
			.source_id = pass->source->id,
			.key_hash = iap_key_hash128(arena, document->key),
			.element = (unsigned int)element,
			.object_key = document->key,
			.size = document->size,
			.slice_begin = metadata->slice_begin,
			.slice_end = metadata->slice_end,
			.blanks = iap_draft_blanks(arena, metadata),
		},
		.media = iap_arena_array(arena, metadata->media_count + 1, sizeof *out->media),
		.media_count = metadata->media_count,
	};
	if (make_row(&making, err) != IAP_OK)
		return err->status;
	make_participants(&making);
	make_attributes(&making);
	make_names(&making);
	for (size_t n = 0; n < metadata->media_count; n++)
		if (make_medium(&making, n, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}
