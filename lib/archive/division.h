/* SPDX-License-Identifier: Apache-2.0 */
/* Which divisions a recording belongs to: the rule of a source, applied to its metadata. */
#ifndef IAP_ARCHIVE_DIVISION_H
#define IAP_ARCHIVE_DIVISION_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "base/error.h"

struct iap_division_rule;

/* The rule of a source that says nothing else. */
#define IAP_DIVISION_RULE_DEFAULT "partitions,accessgroups"

/*
 * Reads a rule: `partitions`, `accessgroups`, `tenant`, `attr:KEY`, `fixed:NAME`,
 * one or several with commas between; NULL and "" are the default. IAP_INVALID
 * names the part that is none of these.
 */
IAP_MUST_CHECK enum iap_status iap_division_rule_parse(struct iap_arena *arena, const char *text,
    struct iap_division_rule **out, struct iap_error *err);

/*
 * The union of all that the rule lists: distinct, sorted by bytes. A division
 * is a path: spaces around it and slashes at its end are dropped, a leading
 * slash is kept as written, and `/` alone is no division. Values of attr:KEY
 * are split at commas, as GRECORD_PARTITIONS is.
 */
struct iap_texts iap_divisions_of(const struct iap_division_rule *rule, struct iap_arena *arena,
    const struct iap_metadata *metadata);

#endif
