/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call, and what belongs to it. The call is found through a viewer; its
 * parts are asked for with the call in hand, so that there is no way to them
 * past the viewer.
 */
#ifndef IAP_MODEL_INTERACTION_FIND_H
#define IAP_MODEL_INTERACTION_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "model/interaction.h"
#include "model/viewer.h"

struct iap_media_row {
	unsigned int n;
	const char *kind;
	const char *type;
	const char *source; /* name */
	struct iap_bytes object_key; /* bytes NULL: not found yet */
	struct iap_maybe_i64 size;
	struct iap_maybe_i64 plain_size;
	struct iap_maybe_i64 started_ms;
	struct iap_maybe_i64 duration_ms;
	bool encrypted;
	const char *envelope; /* none, detached, whole */
	struct iap_bytes cms;
	const char *state;
	const char *masks; /* JSON */
};

struct iap_participant_row {
	const char *kind;
	const char *user_name;
	const char *first_name;
	const char *last_name;
	const char *phone;
	struct iap_maybe_i64 joined_ms;
	struct iap_maybe_i64 left_ms;
};

struct iap_attribute_row {
	const char *name;
	const char *value;
};

/* Stored as the API answers it. */
struct iap_interaction_detail {
	const char *events;
	const char *labels;
};

/* A document that tells of the call. */
struct iap_place_row {
	const char *source; /* name */
	struct iap_bytes object_key;
	unsigned int element;
	uint64_t size;
	uint64_t slice_begin;
	uint64_t slice_end;
	const char *blanks; /* JSON array of [begin, end], of numbers [begin, end, 1] */
};

/* A certificate that a medium is encrypted to. */
struct iap_media_recipient_row {
	unsigned int n;
	const char *issuer;
	const char *serial;
	bool imported;
};

/*
 * The call `id` for this viewer, also by an id it had before: then out->id is
 * not `id`. IAP_NOT_FOUND when there is none or the viewer may not see it.
 */
IAP_MUST_CHECK enum iap_status iap_interaction_find(struct iap_db *db, struct iap_arena *arena,
    const struct iap_viewer *viewer, uint64_t id, struct iap_interaction *out,
    struct iap_error *err);

/* Whether there is such a call for somebody else; for the audit only. */
IAP_MUST_CHECK enum iap_status iap_interaction_check_hidden(struct iap_db *db,
    struct iap_arena *arena, uint64_t id, bool *out, struct iap_error *err);

/* Whether the viewer took part in the call as an agent. */
IAP_MUST_CHECK enum iap_status iap_interaction_check_own(struct iap_db *db,
    struct iap_arena *arena, const struct iap_viewer *viewer,
    const struct iap_interaction *interaction, bool *out, struct iap_error *err);

/* Its media by position: struct iap_media_row. */
IAP_MUST_CHECK enum iap_status iap_media_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err);

/* One medium; IAP_NOT_FOUND. */
IAP_MUST_CHECK enum iap_status iap_media_find(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, uint64_t n, struct iap_media_row *out,
    struct iap_error *err);

/* Who took part, in order of joining: struct iap_participant_row. */
IAP_MUST_CHECK enum iap_status iap_participant_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err);

/* Its attached data in the document's order: struct iap_attribute_row. */
IAP_MUST_CHECK enum iap_status iap_attribute_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err);

IAP_MUST_CHECK enum iap_status iap_interaction_detail_find(struct iap_db *db,
    struct iap_arena *arena, const struct iap_interaction *interaction,
    struct iap_interaction_detail *out, struct iap_error *err);

/* The documents that tell of it, its own first: struct iap_place_row. */
IAP_MUST_CHECK enum iap_status iap_place_list(struct iap_db *db, struct iap_arena *arena,
    const struct iap_interaction *interaction, struct iap_rows *out, struct iap_error *err);

/* To whom its media are encrypted: struct iap_media_recipient_row. */
IAP_MUST_CHECK enum iap_status iap_media_recipient_list(struct iap_db *db,
    struct iap_arena *arena, const struct iap_interaction *interaction, struct iap_rows *out,
    struct iap_error *err);

#endif
