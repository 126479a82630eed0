/* SPDX-License-Identifier: Apache-2.0 */
/* What was understood of a recording, as lines that a test can hold against its own. */
#ifndef TESTS_LIB_ARCHIVE_DESCRIBE_H
#define TESTS_LIB_ARCHIVE_DESCRIBE_H

#include "archive/metadata.h"
#include "base/arena.h"

/* Memory for the tests of this folder: one document at its largest. */
enum { DESCRIBE_ARENA = 256 * 1024 * 1024 };

/*
 * One fact a line: "key value". Facts that are unknown have no line; texts of a
 * list stand side by side with ` | ` between.
 */
const char *describe(struct iap_arena *arena, const struct iap_metadata *metadata);

/* Reads a document of one recording; ends the test with the cause when it is refused. */
const struct iap_metadata *describe_read(struct iap_arena *arena, const char *text,
    const char *key);

/* The file `name` of tests/data/documents. */
char *describe_load(struct iap_arena *arena, const char *name, size_t *size_out);

#endif
