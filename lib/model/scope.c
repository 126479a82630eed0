/* SPDX-License-Identifier: Apache-2.0 */
#include "model/scope.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "json/write.h"
#include "model/key.h"
#include "model/statements.h"
#include "model/text.h"

#define ARENA_LIMIT ((size_t)64 << 20)

struct number {
	uint64_t id;
};

static const struct iap_column columns[] = { IAP_COLUMN(number, id) };

static const struct iap_stmt find = {
	.name = "scope_find",
	.sql = "SELECT id FROM scope WHERE region = ? AND divisions_hash = ?",
	.columns = columns,
	.column_count = 1,
};

static const struct iap_stmt insert = {
	.name = "scope_insert",
	.sql = "INSERT INTO scope (region, divisions_hash, divisions) VALUES (?, ?, ?)",
};

static const struct iap_stmt insert_division = {
	.name = "scope_division_insert",
	.sql = "INSERT INTO scope_division (scope_id, division) VALUES (?, ?)",
};

static const struct iap_stmt *const statements[] = { &find, &insert, &insert_division };

const struct iap_statements iap_scope_statements = { statements, IAP_LENGTH(statements) };

struct draft {
	struct iap_arena *arena;
	const char *region;
	const struct iap_texts *divisions;
	struct iap_bytes hash;
	uint64_t id;
};

bool
iap_scope_check(const char *region, const struct iap_texts *divisions)
{
	if (region != NULL && iap_text_characters(region) > IAP_REGION_MAX)
		return false;
	for (size_t i = 0; i < divisions->count; i++)
		if (iap_text_characters(divisions->items[i]) > IAP_DIVISION_MAX)
			return false;
	return true;
}

static const char *
joined(struct iap_arena *arena, const struct iap_texts *divisions)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	for (size_t i = 0; i < divisions->count; i++) {
		if (i != 0)
			iap_buf_char(&buf, '\n');
		iap_buf_text(&buf, divisions->items[i]);
	}
	return buf.bytes;
}

static const char *
as_json(struct iap_arena *arena, const struct iap_texts *divisions)
{
	struct iap_json_writer writer;
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	iap_json_write_open(&writer, &buf);
	iap_json_write_array_begin(&writer, NULL);
	for (size_t i = 0; i < divisions->count; i++)
		iap_json_write_text(&writer, NULL, divisions->items[i]);
	iap_json_write_array_end(&writer);
	return buf.bytes;
}

static enum iap_status
find_one(struct iap_db *db, struct draft *draft, struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(draft->region),
		iap_bytes_value(draft->hash.bytes, draft->hash.size) };
	struct number number = { 0 };

	if (iap_db_one(db, draft->arena, &find, values, IAP_LENGTH(values), &number, err) != IAP_OK)
		return err->status;
	draft->id = number.id;
	return IAP_OK;
}

static enum iap_status
insert_one(struct iap_db *db, void *context, struct iap_error *err)
{
	struct draft *draft = context;
	const struct iap_value values[] = { iap_text(draft->region),
		iap_bytes_value(draft->hash.bytes, draft->hash.size),
		iap_text(as_json(draft->arena, draft->divisions)) };
	struct iap_done done = { 0 };

	if (iap_db_run(db, &insert, values, IAP_LENGTH(values), &done, err) != IAP_OK)
		return err->status;
	draft->id = done.insert_id;
	for (size_t i = 0; i < draft->divisions->count; i++) {
		const struct iap_value division[] = { iap_u64(draft->id),
			iap_text(draft->divisions->items[i]) };

		if (iap_db_run(db, &insert_division, division, IAP_LENGTH(division), NULL, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_scope_save(struct iap_db *db, const char *region, const struct iap_texts *divisions,
    uint64_t *id_out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct draft draft = { arena, region == NULL ? "" : region, divisions, { NULL, 0 }, 0 };

	draft.hash = iap_key_hash128(arena, joined(arena, divisions));
	if (find_one(db, &draft, err) == IAP_NOT_FOUND &&
	    iap_tx_retry(db, insert_one, &draft, err) != IAP_OK) {
		/* Another worker met the same scope at the same moment. */
		if (!iap_db_duplicate(db) || find_one(db, &draft, err) != IAP_OK)
			return err->status;
	} else if (draft.id == 0) {
		return err->status;
	}
	*id_out = draft.id;
	return IAP_OK;
}
