/* SPDX-License-Identifier: Apache-2.0 */
#include "model/partition.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "db/stmt.h"
#include "model/interaction_id.h"
#include "model/statements.h"

enum { ATTEMPTS = 20, DAY_MS = 24 * 60 * 60 * 1000, FIRST_YEAR = 1970,
	QUARTERS = IAP_PARTITION_QUARTERS };

#define ARENA_LIMIT ((size_t)16 << 20)

const char *const iap_partitioned_tables[] = {
	"interaction", "interaction_detail", "media", "participant", "attribute",
	"media_recipient", NULL,
};

/* Partitions hold ids in [low, high); the last one's high is UINT64_MAX. */
struct partition {
	const char *name;
	uint64_t high;
	bool last;
};

static const struct iap_column columns[] = {
	IAP_COLUMN(partition, name),
	IAP_COLUMN(partition, high),
	IAP_COLUMN(partition, last),
};

static const struct iap_stmt list = {
	.name = "partition_list",
	.sql = "SELECT partition_name AS name, partition_description = 'MAXVALUE' AS last,"
	       " IF(partition_description = 'MAXVALUE', 18446744073709551615,"
	       " CAST(partition_description AS UNSIGNED)) AS high"
	       "  FROM information_schema.partitions"
	       " WHERE table_schema = DATABASE() AND table_name = ? AND partition_name IS NOT NULL"
	       " ORDER BY partition_ordinal_position",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct partition),
};

static const struct iap_stmt *const statements[] = { &list };

const struct iap_statements iap_partition_statements = { statements, IAP_LENGTH(statements) };

/* Quarters are counted from 1970. */
static uint64_t
quarter_floor(unsigned int quarter)
{
	return iap_interaction_id_floor(iap_clock_days(FIRST_YEAR + (int)quarter / 4,
	    (int)quarter % 4 * 3 + 1, 1) * DAY_MS);
}

unsigned int
iap_partition_quarter(uint64_t id)
{
	unsigned int low = 0, high = QUARTERS;

	while (high - low > 1) {
		unsigned int middle = low + (high - low) / 2;

		if (quarter_floor(middle) <= id)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The name of a partition from `quarter` on: of that quarter alone, or of a stretch. */
static const char *
name_of(struct iap_arena *arena, unsigned int quarter, bool alone)
{
	return iap_arena_format(arena, alone ? "p%uq%u" : "p_from_%uq%u",
	    FIRST_YEAR + quarter / 4, quarter % 4 + 1);
}

static void
add_part(struct iap_buf *sql, const char *name, uint64_t high)
{
	iap_buf_format(sql, "%s PARTITION %s VALUES LESS THAN ",
	    sql->bytes[sql->length - 1] == '(' ? "" : ",", name);
	if (high == UINT64_MAX)
		iap_buf_text(sql, "MAXVALUE");
	else
		iap_buf_format(sql, "(%llu)", (unsigned long long)high);
}

/*
 * The parts of [low, partition->high): every wanted quarter in it alone, and
 * what is before, between and behind. Names of stretches but the first and the
 * last tell where they begin. False when nothing is to be split.
 */
static bool
split(struct iap_arena *arena, const bool *wanted, uint64_t low,
    const struct partition *partition, struct iap_buf *sql)
{
	uint64_t begin = low;
	bool any = false;

	for (unsigned int q = 0; q < QUARTERS; q++) {
		uint64_t floor = quarter_floor(q), ceiling = quarter_floor(q + 1);

		if (!wanted[q] || floor < low || ceiling > partition->high ||
		    (floor == low && ceiling == partition->high))
			continue;
		if (begin < floor)
			add_part(sql, begin == 0 ? "p_first" : name_of(arena, iap_partition_quarter(begin), false),
			    floor);
		add_part(sql, name_of(arena, q, true), ceiling);
		begin = ceiling;
		any = true;
	}
	if (any && begin < partition->high)
		add_part(sql, partition->last ? "p_last" : name_of(arena, iap_partition_quarter(begin), false),
		    partition->high);
	return any;
}

/* Splits the first partition of `table` that needs it; *done_out when none does. */
static enum iap_status
split_one(struct iap_db *db, struct iap_arena *arena, const char *table, const bool *wanted,
    bool *done_out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_text(table) };
	const struct partition *partitions;
	struct iap_rows rows;
	uint64_t low = 0;

	*done_out = false;
	if (iap_db_all(db, arena, &list, values, IAP_LENGTH(values), &rows, err) != IAP_OK)
		return err->status;
	partitions = rows.items;
	for (size_t i = 0; i < rows.count; i++) {
		struct iap_buf sql;

		iap_buf_open(&sql, arena);
		iap_buf_format(&sql, "ALTER TABLE %s REORGANIZE PARTITION %s INTO (", table,
		    partitions[i].name);
		if (split(arena, wanted, low, &partitions[i], &sql)) {
			iap_buf_char(&sql, ')');
			return iap_db_script(db, sql.bytes, err);
		}
		low = partitions[i].high;
	}
	*done_out = true;
	return IAP_OK;
}

static enum iap_status
split_table(struct iap_db *db, const char *table, const bool *wanted, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	bool done = false;

	/* A refusal may come from another worker that split it meanwhile: look again. */
	for (int refused = 0; !done;) {
		iap_arena_reset(arena);
		if (split_one(db, arena, table, wanted, &done, err) != IAP_OK &&
		    (err->status == IAP_UNAVAILABLE || ++refused == ATTEMPTS))
			return iap_error_context(err, "partitions of %s", table);
	}
	return IAP_OK;
}

enum iap_status
iap_partition_ensure(struct iap_db *db, const uint64_t *ids, size_t count,
    struct iap_error *err)
{
	bool wanted[QUARTERS] = { false };

	/* Ids without a time stay in the first partition, whatever it is. */
	for (size_t i = 0; i < count; i++)
		if (ids[i] >> IAP_ID_HASH_BITS != 0)
			wanted[iap_partition_quarter(ids[i])] = true;
	for (const char *const *table = iap_partitioned_tables; *table != NULL; table++)
		if (split_table(db, *table, wanted, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}
