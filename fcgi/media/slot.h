/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One place at which requests are answered, one after the other: a process of
 * the range pool has one, the pool of whole files one a thread.
 */
#ifndef IAP_FCGI_MEDIA_SLOT_H
#define IAP_FCGI_MEDIA_SLOT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "conf/settings.h"
#include "media/exchange.h"
#include "media/medium.h"
#include "media/ticket.h"

/* Streams of one session at a time, and what a stream sends at least. */
enum {
	IAP_SLOT_STREAMS_A_SESSION = 4,
	IAP_SLOT_SLOWEST = 16 * 1024, /* bytes a second, on average ... */
	IAP_SLOT_SLOW_MS = 30000,     /* ... over so long */
	IAP_SLOT_STUCK_MS = 5000,     /* a peer that connects and does not ask */
	IAP_SLOT_STREAM_STEP = 65536  /* bytes that are read and sent at once */
};

struct iap_slot {
	const struct iap_settings *settings;
	const struct iap_ticket_key *key;
	struct iap_medium_place place;
	struct iap_exchange *exchange;
	struct iap_arena *arena;     /* of one request */
	bool parts_only;             /* of the range pool: no medium is answered whole */
	unsigned char *buffer;       /* of one answer of the range pool */
	size_t buffer_size;          /* at least IAP_SLOT_STREAM_STEP */

	pthread_t thread;
	atomic_bool is_busy;         /* a request has been read and is being answered */

	pthread_mutex_t lock;        /* of what follows: the watching thread reads it */
	bool is_streaming;
	unsigned char session[IAP_TICKET_SESSION_SIZE];

	/* For the watching thread alone. */
	uint64_t seen_steps;
	int64_t seen_since_ms;
	uint64_t seen_sent;
	int64_t sent_since_ms;
};

/* All slots of a process. */
struct iap_slots {
	struct iap_slot *slots;
	size_t count;
	atomic_bool is_stopping;
};

/* Fills a slot; `whole`: for the pool of whole files, which remembers no envelopes. */
void iap_slot_begin(struct iap_slot *slot, const struct iap_settings *settings,
    const struct iap_ticket_key *key, const char *passphrase, bool whole);
void iap_slot_end(struct iap_slot *slot);

/* Marks the stream of a session; false when it has too many already. */
bool iap_slot_stream_begin(struct iap_slots *slots, struct iap_slot *slot,
    const unsigned char session[IAP_TICKET_SESSION_SIZE]);
void iap_slot_stream_end(struct iap_slot *slot);

/* Looks at every slot once: breaks off what is stuck, too slow, or whose session has ended. */
void iap_slots_watch(struct iap_slots *slots, int64_t now_ms);

#endif
