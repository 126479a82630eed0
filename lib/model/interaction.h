/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded call as lists show it. How it is found: interaction_list.h, interaction_find.h. */
#ifndef IAP_MODEL_INTERACTION_H
#define IAP_MODEL_INTERACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "db/stmt.h"

/* An id holds the start in ms above this many bits of a hash. */
enum { IAP_INTERACTION_HASH_BITS = 22 };

/* Ids are below this: 42 bits of milliseconds. */
#define IAP_INTERACTION_TIME_END ((int64_t)1 << 42)

struct iap_interaction {
	uint64_t id;
	const char *recording_id;
	const char *source; /* name */
	uint64_t source_id;
	uint64_t scope_id;
	struct iap_maybe_i64 started_ms;
	struct iap_maybe_i64 ended_ms;
	struct iap_maybe_i64 duration_ms;
	const char *caller; /* as written; NULL: not known */
	const char *dialed;
	const char *call_type;
	const char *state;
	unsigned int reviewed;
	unsigned int valid;
	bool encrypted;
	bool has_screen;
	unsigned int media_count;
	const char *agents; /* JSON, as the API answers it */
};

/* The list of columns that fill it, of a table interaction called i. */
#define IAP_INTERACTION_SELECT \
	"SELECT i.id, i.recording_id," \
	" (SELECT s.name FROM source s WHERE s.id = i.source_id) AS source," \
	" i.source_id, i.scope_id, i.started_ms, i.ended_ms, i.duration_ms, i.caller, i.dialed," \
	" i.call_type, i.state, i.reviewed, i.valid, i.encrypted, i.has_screen, i.media_count," \
	" i.agents FROM interaction i"

/* What a statement that begins so gives back; `sql` is NULL. */
extern const struct iap_stmt iap_interaction_shape;

#endif
