/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/masks.h"

#include <stdlib.h>
#include <strings.h>

#include "archive/field.h"

struct mark {
	int64_t at_ms; /* from the start of the media */
	size_t order;
	bool pause;
};

static int
compare_marks(const void *a, const void *b)
{
	const struct mark *left = a, *right = b;

	if (left->at_ms != right->at_ms)
		return left->at_ms < right->at_ms ? -1 : 1;
	return left->order < right->order ? -1 : 1;
}

static bool
read_mark(const struct iap_json *item, int64_t start_ms, struct mark *out)
{
	const char *type = iap_field_text(item, "type");
	struct iap_moment at = iap_field_moment(item, "time");

	if (type == NULL || !at.known)
		return false;
	out->at_ms = at.ms - start_ms;
	out->pause = strncasecmp(type, "pause", 5) == 0;
	return out->pause || strncasecmp(type, "resume", 6) == 0;
}

static int64_t
clamp(int64_t ms, int64_t end)
{
	return ms < 0 ? 0 : ms > end ? end : ms;
}

static void
add_mask(struct iap_media_entry *entry, int64_t from_ms, int64_t to_ms)
{
	if (to_ms > from_ms)
		entry->masks[entry->mask_count++] = (struct iap_mask){ from_ms, to_ms };
}

void
iap_masks_find(struct iap_arena *arena, struct iap_media_entry *entry,
    const struct iap_json *media)
{
	struct iap_field_list list = iap_field_list(media, "masks");
	const struct iap_json *item = list.first;
	int64_t span = entry->ended.known ? entry->ended.ms - entry->started.ms : 0;
	int64_t end = entry->has_duration ? entry->duration_ms : 0;
	int64_t limit = span > end ? span : end;
	struct mark *marks;
	size_t count = 0;
	const struct mark *pause = NULL;

	if (list.count == 0 || !entry->started.known)
		return;
	marks = iap_arena_array(arena, list.count, sizeof *marks);
	for (size_t i = 0; i < list.count; i++, item = item->next) {
		marks[count].order = i;
		count += read_mark(item, entry->started.ms, &marks[count]);
	}
	/* Nobody promises that marks are written in order. */
	qsort(marks, count, sizeof *marks, compare_marks);
	if (limit == 0 && count > 0)
		limit = end = marks[count - 1].at_ms;
	entry->masks = iap_arena_array(arena, count + 1, sizeof *entry->masks);
	for (size_t i = 0; i < count; i++) {
		if (marks[i].pause) {
			pause = pause == NULL ? &marks[i] : pause;
			continue;
		}
		if (pause != NULL)
			add_mask(entry, clamp(pause->at_ms, limit), clamp(marks[i].at_ms, limit));
		pause = NULL;
	}
	if (pause != NULL)
		add_mask(entry, clamp(pause->at_ms, limit), end);
}
