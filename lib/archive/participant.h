/* SPDX-License-Identifier: Apache-2.0 */
/* Who took part in a call, each once, however often joined. */
#ifndef IAP_ARCHIVE_PARTICIPANT_H
#define IAP_ARCHIVE_PARTICIPANT_H

#include "archive/metadata.h"
#include "base/arena.h"
#include "json/json.h"

/*
 * The position in metadata->participants of the `contact` of an event, added
 * when it is new; -1 when `contact` names nobody.
 */
ptrdiff_t iap_participant_find(struct iap_arena *arena, struct iap_metadata *metadata,
    const struct iap_json *contact);

/* Notes that somebody joined or left: the first joining and the last leaving count. */
void iap_participant_note(struct iap_participant *participant, enum iap_event_kind kind,
    struct iap_moment at);

/* Adds the agents whose screens the media show, unless they are there as users. */
void iap_participants_add_screens(struct iap_arena *arena, struct iap_metadata *metadata);

/* Puts the participants in order of joining; the events that point to them follow. */
void iap_participants_sort(struct iap_arena *arena, struct iap_metadata *metadata);

#endif
