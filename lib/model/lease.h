/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who reads a source now. A worker claims it by a checked UPDATE and renews
 * the claim with every batch; one that was killed is noticed at once on the
 * same machine, and after a minute elsewhere. No lock of the server is used:
 * those are local to a node of a cluster.
 */
#ifndef IAP_MODEL_LEASE_H
#define IAP_MODEL_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"

/* How long a claim holds without being renewed. */
enum { IAP_LEASE_MS = 60000 };

/* The name of this process among workers: "host:pid:start:boot:pids", at most 128 bytes. */
const char *iap_lease_owner(struct iap_arena *arena);

/* Whether the process that `owner` names ran on this machine and runs no more. */
bool iap_lease_owner_ended(const char *owner);

/*
 * Claims the source. IAP_CONFLICT, naming the other, while another worker has it.
 */
IAP_MUST_CHECK enum iap_status iap_lease_begin(struct iap_db *db, uint64_t source_id,
    const char *owner, struct iap_error *err);

/*
 * Renews the claim; in the transaction of a batch it also keeps others out
 * until the end of it. IAP_CONFLICT when another worker took it over.
 */
IAP_MUST_CHECK enum iap_status iap_lease_renew(struct iap_db *db, uint64_t source_id,
    const char *owner, struct iap_error *err);

/* Gives the claim back; one that was lost is left alone. */
IAP_MUST_CHECK enum iap_status iap_lease_end(struct iap_db *db, uint64_t source_id,
    const char *owner, struct iap_error *err);

#endif
