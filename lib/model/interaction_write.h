/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interactions into the database, a batch at a time.
 *
 * A document is known by its place (source, key). A recording that is there
 * already with the same start, from whatever source, gets a second place and
 * keeps what it is; a document that changed writes its recording anew; when it
 * tells of another start, the recording moves to a new id and the old one
 * becomes its alias. The same recording id with another start in another
 * document is another interaction.
 */
#ifndef IAP_MODEL_INTERACTION_WRITE_H
#define IAP_MODEL_INTERACTION_WRITE_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "model/draft.h"

/*
 * Writes the batch, all of whose drafts are of one source, and says for each
 * what became of it. To be called inside a transaction, after
 * iap_partition_ensure(). IAP_CONFLICT with iap_db_duplicate() when another
 * worker took an id meanwhile: the whole transaction is then to be repeated.
 */
IAP_MUST_CHECK enum iap_status iap_interaction_write(struct iap_db *db, struct iap_arena *arena,
    struct iap_draft *drafts, size_t count, struct iap_error *err);

#endif
