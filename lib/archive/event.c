/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/event.h"

#include <stdlib.h>
#include <strings.h>

#include "archive/attached.h"
#include "archive/field.h"
#include "archive/participant.h"

/* No call has as many; beyond that a file is made to cost memory. */
enum { EVENTS_MAX = 100000 };

struct ranked {
	struct iap_event event;
	int64_t at_ms;
	size_t order;
};

static enum iap_event_kind
kind_of(const char *what, const struct iap_json *item)
{
	if (strcasecmp(what, "Joined") == 0)
		return IAP_EVENT_JOINED;
	if (strcasecmp(what, "Left") == 0)
		return IAP_EVENT_LEFT;
	return strcasecmp(what, "data") == 0 || iap_attached_is_in(item) ? IAP_EVENT_DATA :
	    IAP_EVENT_OTHER;
}

static struct iap_event
read_event(struct iap_arena *arena, const char *bytes, const struct iap_json *item,
    struct iap_metadata *metadata)
{
	const char *what = iap_field_text(item, "event");
	struct iap_event event = {
		.what = what == NULL ? "" : what,
		.at = iap_field_moment(item, "occurredAt"),
		.call_uuid = iap_field_text(item, "callUUID"),
	};

	event.kind = kind_of(event.what, item);
	event.participant = iap_participant_find(arena, metadata, iap_field(item, "contact"));
	if (event.participant >= 0)
		iap_participant_note(&metadata->participants[event.participant], event.kind,
		    event.at);
	iap_attached_read(arena, bytes, item, &event);
	return event;
}

static int
compare_events(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->at_ms != right->at_ms)
		return left->at_ms < right->at_ms ? -1 : 1;
	return left->order < right->order ? -1 : 1;
}

enum iap_status
iap_events_read(struct iap_arena *arena, const char *bytes, const struct iap_json *recording,
    struct iap_metadata *out, struct iap_error *err)
{
	struct iap_field_list list = iap_field_list(recording, "eventHistory");
	const struct iap_json *item = list.first;
	int64_t before = INT64_MIN;
	struct ranked *ranked;

	if (list.count > EVENTS_MAX)
		return iap_error_set(err, IAP_CORRUPT, "eventHistory has more than %d entries",
		    EVENTS_MAX);
	ranked = iap_arena_array(arena, list.count + 1, sizeof *ranked);
	for (size_t i = 0; i < list.count; i++, item = item->next) {
		if (item->type != IAP_JSON_OBJECT)
			return iap_error_set(err, IAP_CORRUPT, "eventHistory[%zu] is no object", i);
		ranked[i].event = read_event(arena, bytes, item, out);
		/* An event without a time stays behind the one that it was written after. */
		ranked[i].at_ms = ranked[i].event.at.known ? ranked[i].event.at.ms : before;
		ranked[i].order = i;
		before = ranked[i].at_ms;
	}
	qsort(ranked, list.count, sizeof *ranked, compare_events);
	out->events = iap_arena_array(arena, list.count + 1, sizeof *out->events);
	out->event_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		out->events[i] = ranked[i].event;
		/* In order of time, so that the last value is the one at the end. */
		iap_attached_apply(arena, out, &out->events[i]);
	}
	return IAP_OK;
}
