/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interaction as the worker made it out of a document: the rows it will be.
 * The interaction's id is filled in when it is written, in all of them. Texts
 * fit their columns (model/text.h); enums are the words of the schema.
 */
#ifndef IAP_MODEL_DRAFT_H
#define IAP_MODEL_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/value.h"

enum { IAP_RECORDING_ID_MAX = 128, IAP_PHONE_MAX = 128, IAP_DIGITS_MAX = 64,
	IAP_NAME_MAX = 191, IAP_ATTRIBUTE_NAME_MAX = 128, IAP_TYPE_MAX = 64 };

struct iap_draft_interaction {
	uint64_t id;
	const char *recording_id;
	uint64_t source_id;
	uint64_t scope_id;
	struct iap_maybe_i64 started_ms;
	struct iap_maybe_i64 ended_ms;
	struct iap_maybe_i64 duration_ms;
	const char *caller;
	const char *caller_digits;
	const char *dialed;
	const char *dialed_digits;
	const char *call_type;
	const char *state;
	bool reviewed;
	bool valid;
	bool encrypted;
	bool has_screen;
	unsigned int media_count;
	const char *agents; /* JSON */
	const char *events; /* JSON */
	const char *labels; /* JSON */
};

struct iap_draft_media {
	uint64_t interaction_id;
	unsigned int n;
	const char *kind;
	const char *type;
	const char *names; /* one a line */
	const char *document_key;
	bool sole;
	uint64_t source_id;
	const char *object_key; /* NULL: not found yet */
	struct iap_bytes key_hash;
	struct iap_maybe_i64 size;
	struct iap_maybe_i64 started_ms;
	struct iap_maybe_i64 duration_ms;
	bool encrypted;
	const char *envelope;
	struct iap_bytes cms;
	const char *state;
	const char *masks; /* JSON */
};

struct iap_draft_participant {
	uint64_t interaction_id;
	unsigned int seq;
	const char *kind;
	const char *user_name;
	const char *first_name;
	const char *last_name;
	const char *phone;
	struct iap_maybe_i64 joined_ms;
	struct iap_maybe_i64 left_ms;
};

struct iap_draft_attribute {
	uint64_t interaction_id;
	unsigned int seq;
	const char *name;
	const char *value;
};

struct iap_draft_recipient {
	uint64_t recipient_id;
	uint64_t interaction_id;
	unsigned int n;
};

struct iap_draft_name {
	uint64_t source_id;
	uint64_t bare_hash; /* iap_key_hash64() of iap_pair_bare() or iap_pair_exact() */
	uint64_t interaction_id;
};

struct iap_draft_place {
	uint64_t source_id;
	struct iap_bytes key_hash;
	unsigned int element;
	const char *object_key;
	uint64_t interaction_id;
	uint64_t size;
	uint64_t slice_begin;
	uint64_t slice_end;
	const char *blanks; /* JSON */
	bool own;
};

enum iap_draft_outcome {
	IAP_DRAFT_INSERTED,
	IAP_DRAFT_UPDATED, /* its document had changed; perhaps under another id */
	IAP_DRAFT_PLACED,  /* known by another document: only the place is new */
	IAP_DRAFT_ERASED,  /* a tombstone keeps it out */
};

struct iap_draft {
	struct iap_draft_interaction row;
	struct iap_draft_media *media;
	size_t media_count;
	struct iap_draft_participant *participants;
	size_t participant_count;
	struct iap_draft_attribute *attributes;
	size_t attribute_count;
	struct iap_draft_recipient *recipients; /* distinct */
	size_t recipient_count;
	struct iap_draft_name *names; /* distinct */
	size_t name_count;
	struct iap_draft_place place;

	/* filled in by iap_interaction_write() */
	enum iap_draft_outcome outcome;
	uint64_t old_id; /* of an updated one: what its id was */
};

#endif
