/* SPDX-License-Identifier: Apache-2.0 */
/* From a ticket to the bytes it is for: storage, text or not, decryption. */
#ifndef IAP_FCGI_MEDIA_MEDIUM_H
#define IAP_FCGI_MEDIA_MEDIUM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "conf/settings.h"
#include "media/decrypt.h"
#include "media/hashed.h"
#include "media/keyring.h"
#include "media/opened.h"
#include "media/state.h"
#include "media/ticket.h"
#include "storage/reader.h"
#include "storage/shelf.h"

/* What is needed to open media, one of it a thread. */
struct iap_medium_place {
	const struct iap_settings *settings;
	struct iap_keyring *keyring;
	struct iap_storage_shelf *shelf; /* of the sources */
	struct iap_opened *opened; /* envelopes of before, or NULL: none are kept */
};

struct iap_medium {
	struct iap_reader *reader;     /* of what is delivered, decrypted */
	struct iap_hashed *hashed;     /* of a check: of the object as stored; closed with `reader` */
	struct iap_envelope *envelope; /* held by the medium itself, or NULL */
	enum iap_media_state state;
	bool is_encrypted;
	bool is_first;                 /* its state was found now, not remembered */
	const char *type;              /* content type */
	const char *etag;              /* strong, with its quotes; of the object as stored */
	const char *date;              /* Last-Modified */
};

/*
 * Opens what `ticket` is for. When it cannot be played the status is
 * IAP_CONFLICT and *out has its state (the detail is for the log);
 * IAP_UNAVAILABLE when the storage is. Texts in *out live in `arena`; the
 * caller closes it in any case.
 */
IAP_MUST_CHECK enum iap_status iap_medium_open(struct iap_medium_place *place,
    struct iap_arena *arena, const struct iap_ticket *ticket, struct iap_medium *out,
    struct iap_error *err);

/*
 * After a read that failed: the state it stands for goes into `medium`, the
 * status becomes IAP_CONFLICT; other statuses stay as they are.
 */
enum iap_status iap_medium_refuse(struct iap_medium *medium, struct iap_error *err);
void iap_medium_close(struct iap_medium *medium);

#endif
