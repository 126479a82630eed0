/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What iap-web allows iap-media to deliver, in one signed line of text.
 *
 * iap-web decides (session, permission, scope, audit) and writes the ticket;
 * nginx carries it in the parameter IAP_TICKET; iap-media believes nothing
 * else. The text is "base64url(fields).base64url(HMAC-SHA256)", the fields
 * being tag, length, bytes: nothing has to be parsed beside the private keys.
 */
#ifndef IAP_MEDIA_TICKET_H
#define IAP_MEDIA_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* The longest text of a ticket: nginx carries it in a buffer of 16 KB. */
#define IAP_TICKET_MAX 8192

enum {
	IAP_TICKET_KEY_SIZE = 32,
	IAP_TICKET_SESSION_SIZE = 32,
	IAP_TICKET_BLANKS_MAX = 512
};

enum iap_ticket_op {
	IAP_TICKET_MEDIA = 1, /* the medium, decrypted, by range or whole */
	IAP_TICKET_DOCUMENT,  /* a slice of the original document, spans blanked */
	IAP_TICKET_PEAKS,     /* the wave form as JSON */
	IAP_TICKET_CHECK      /* reads the whole medium, answers its state as JSON */
};

enum iap_ticket_envelope {
	IAP_TICKET_CLEAR = 0, /* the object is not encrypted */
	IAP_TICKET_DETACHED,  /* the object is cipher text, `envelope` its CMS header */
	IAP_TICKET_WHOLE_FILE /* the object itself is a CMS message, DER, BER or PEM */
};

/* Bytes begin <= i < end of the stored document that are answered as something else. */
struct iap_ticket_blank {
	uint64_t begin;
	uint64_t end;
};

struct iap_ticket {
	enum iap_ticket_op op;
	int64_t expires_ms;      /* not a moment longer (ms since 1970) */
	const char *source;      /* name of the source, as in sources.d */
	const char *key;         /* key of the object in its storage, or of an entry of a zip */
	uint64_t size;           /* of the object as stored when it was ingested */
	uint64_t interaction;    /* for reports: the interaction's id ... */
	unsigned int n;          /* ... and the medium's place in it */
	const char *type;        /* content type to answer, NULL: found by the first bytes */
	const char *name;        /* file name of a download (UTF-8), or NULL: inline */
	bool whole;              /* answer everything with 200, whatever Range says */
	enum iap_ticket_envelope protection;
	const unsigned char *envelope; /* DER of a detached envelope, or NULL */
	size_t envelope_size;
	unsigned char session[IAP_TICKET_SESSION_SIZE]; /* SHA-256 of the session's token */
	uint64_t slice_begin;    /* document: bytes slice_begin <= i < slice_end; ... */
	uint64_t slice_end;      /* ... 0 and 0 are the whole document */
	const struct iap_ticket_blank *blanks; /* in order, not overlapping; offsets of the file */
	size_t blank_count;      /* at most IAP_TICKET_BLANKS_MAX; each byte answered as '*' */
	const struct iap_ticket_blank *numbers; /* the same for numbers, whose bytes are ... */
	size_t number_count;     /* ... answered as '1', so that the document stays JSON */
};

/* The secret that iap-web and iap-media share. */
struct iap_ticket_key {
	unsigned char bytes[IAP_TICKET_KEY_SIZE];
};

/*
 * The key made from the file `path` (any text of at least 32 bytes, a newline
 * at its end is not part of it). IAP_INVALID when it is shorter.
 */
IAP_MUST_CHECK enum iap_status iap_ticket_key_load(const char *path,
    struct iap_ticket_key *out, struct iap_error *err);

/* Wipes a key. */
void iap_ticket_key_wipe(struct iap_ticket_key *key);

/*
 * The signed text of `ticket`, in `arena`. IAP_INVALID when it would be longer
 * than IAP_TICKET_MAX (too many recipients or blanks) or misses source or key.
 */
IAP_MUST_CHECK enum iap_status iap_ticket_format(struct iap_arena *arena,
    const struct iap_ticket_key *key, const struct iap_ticket *ticket,
    const char **text_out, struct iap_error *err);

/*
 * Reads the text of a ticket. IAP_FORBIDDEN when it is not ours (the signature
 * is compared in constant time, before anything else is read) or is expired at
 * `now_ms`. What *out points to lives in `arena`.
 */
IAP_MUST_CHECK enum iap_status iap_ticket_parse(struct iap_arena *arena,
    const struct iap_ticket_key *key, const char *text, int64_t now_ms,
    struct iap_ticket *out, struct iap_error *err);

#endif
