/* SPDX-License-Identifier: Apache-2.0 */
#include "media/slot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "crypto/hash.h"
#include "media/ended.h"

/* A listener should rather be told than wait for a storage that stands still. */
enum { REQUEST_MEMORY = 64 << 20, PATIENCE_S = 8 };

void
iap_slot_begin(struct iap_slot *slot, const struct iap_settings *settings,
    const struct iap_ticket_key *key, const char *passphrase, bool whole)
{
	*slot = (struct iap_slot){
		.settings = settings,
		.key = key,
		.exchange = iap_exchange_open(0),
		.arena = iap_arena_new(REQUEST_MEMORY),
		.parts_only = !whole,
		.buffer_size = IAP_SLOT_STREAM_STEP,
		.place = {
			.settings = settings,
			.keyring = iap_keyring_open(settings->media_keys, passphrase),
			.shelf = iap_storage_shelf_new(settings->media_sources, PATIENCE_S),
			.opened = whole ? NULL : iap_opened_new(),
		},
	};
	if (!whole && (size_t)settings->media_range_size > slot->buffer_size)
		slot->buffer_size = (size_t)settings->media_range_size;
	slot->buffer = malloc(slot->buffer_size);
	if (slot->buffer == NULL)
		iap_log_die("out of memory");
	mlock(slot->buffer, slot->buffer_size);
	pthread_mutex_init(&slot->lock, NULL);
}

void
iap_slot_end(struct iap_slot *slot)
{
	iap_exchange_close(&slot->exchange);
	iap_keyring_close(&slot->place.keyring);
	iap_storage_shelf_free(&slot->place.shelf);
	iap_opened_free(&slot->place.opened);
	iap_arena_free(&slot->arena);
	iap_secret_wipe(slot->buffer, slot->buffer_size);
	free(slot->buffer);
	pthread_mutex_destroy(&slot->lock);
}

/* Whether the slot streams to this session, or to whichever when it is NULL; copies it out. */
static bool
streams_to(struct iap_slot *slot, const unsigned char *session, unsigned char *session_out)
{
	bool found;

	pthread_mutex_lock(&slot->lock);
	found = slot->is_streaming && (session == NULL ||
	    memcmp(slot->session, session, sizeof slot->session) == 0);
	if (session_out != NULL)
		memcpy(session_out, slot->session, sizeof slot->session);
	pthread_mutex_unlock(&slot->lock);
	return found;
}

bool
iap_slot_stream_begin(struct iap_slots *slots, struct iap_slot *slot,
    const unsigned char session[IAP_TICKET_SESSION_SIZE])
{
	size_t others = 0;

	/* First said, then counted: two that begin at once see each other. */
	pthread_mutex_lock(&slot->lock);
	slot->is_streaming = true;
	memcpy(slot->session, session, sizeof slot->session);
	pthread_mutex_unlock(&slot->lock);
	for (size_t i = 0; i < slots->count; i++)
		if (&slots->slots[i] != slot && streams_to(&slots->slots[i], session, NULL))
			others++;
	if (others < IAP_SLOT_STREAMS_A_SESSION || iap_ended_is_none(session))
		return true;
	iap_slot_stream_end(slot);
	return false;
}

void
iap_slot_stream_end(struct iap_slot *slot)
{
	pthread_mutex_lock(&slot->lock);
	slot->is_streaming = false;
	pthread_mutex_unlock(&slot->lock);
}

/* A connection that gets nowhere: before its request is read, or while it is answered. */
static bool
is_stuck(struct iap_slot *slot, int64_t now_ms)
{
	uint64_t steps = iap_exchange_steps(slot->exchange);

	if (!iap_exchange_is_open(slot->exchange) || steps != slot->seen_steps ||
	    slot->seen_since_ms == 0) {
		slot->seen_steps = steps;
		slot->seen_since_ms = iap_exchange_is_open(slot->exchange) ? now_ms : 0;
		return false;
	}
	return now_ms - slot->seen_since_ms >
	    (atomic_load(&slot->is_busy) ? IAP_SLOT_SLOW_MS : IAP_SLOT_STUCK_MS);
}

static bool
is_slow(struct iap_slot *slot, int64_t now_ms)
{
	uint64_t sent = iap_exchange_sent(slot->exchange);
	bool slow;

	if (slot->sent_since_ms == 0 || sent < slot->seen_sent) {
		slot->sent_since_ms = now_ms;
		slot->seen_sent = sent;
		return false;
	}
	if (now_ms - slot->sent_since_ms < IAP_SLOT_SLOW_MS)
		return false;
	slow = sent - slot->seen_sent < (uint64_t)IAP_SLOT_SLOWEST * (IAP_SLOT_SLOW_MS / 1000);
	slot->sent_since_ms = now_ms;
	slot->seen_sent = sent;
	return slow;
}

static void
watch(struct iap_slot *slot, int64_t now_ms)
{
	unsigned char session[IAP_TICKET_SESSION_SIZE];
	const char *cause = NULL;

	if (is_stuck(slot, now_ms))
		cause = "stuck";
	if (!streams_to(slot, NULL, session))
		slot->sent_since_ms = 0;
	else if (is_slow(slot, now_ms))
		cause = "slow";
	else if (iap_ended_check(slot->settings, session))
		cause = "session ended";
	if (cause == NULL)
		return;
	iap_log_info("connection is broken off cause=%s", cause);
	iap_exchange_break(slot->exchange);
}

void
iap_slots_watch(struct iap_slots *slots, int64_t now_ms)
{
	for (size_t i = 0; i < slots->count; i++)
		watch(&slots->slots[i], now_ms);
}
