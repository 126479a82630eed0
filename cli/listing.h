/* SPDX-License-Identifier: Apache-2.0 */
/* The `list` commands: rows of the model, for people or as one JSON array. */
#ifndef IAP_CLI_LISTING_H
#define IAP_CLI_LISTING_H

#include "cli/command.h"
#include "db/stmt.h"
#include "json/write.h"

/* What one `list` command shows; `rows` are as `find` gives them. */
struct iap_listing {
	enum iap_status (*find)(struct iap_db *db, struct iap_arena *arena, struct iap_rows *rows,
	    struct iap_error *err);
	void (*print)(struct iap_cli *cli, struct iap_buf *text, const struct iap_rows *rows);
	void (*write)(struct iap_cli *cli, struct iap_json_writer *writer, const struct iap_rows *rows);
};

/* Runs `list [--json]`: `print` makes lines for people, `write` the members of the array. */
enum iap_exit iap_listing_run(struct iap_cli *cli, struct iap_arguments *arguments,
    const struct iap_listing *listing);

/* A time, or null. */
void iap_listing_write_time(struct iap_json_writer *writer, const char *key,
    struct iap_maybe_i64 time);

#endif
