/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/participant.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/field.h"

/* No call has more; the rest is left to the original document. */
enum { PARTICIPANTS_MAX = 2000 };

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Users are told apart by their names for Genesys, others and nameless users by their numbers. */
static bool
is_same_person(const struct iap_participant *a, const struct iap_participant *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->user_name != NULL || b->user_name != NULL)
		return same(a->user_name, b->user_name);
	return same(a->phone, b->phone) && same(a->first_name, b->first_name) &&
	    same(a->last_name, b->last_name);
}

static void
complete(struct iap_participant *known, const struct iap_participant *more)
{
	if (known->first_name == NULL)
		known->first_name = more->first_name;
	if (known->last_name == NULL)
		known->last_name = more->last_name;
	if (known->phone == NULL) {
		known->phone = more->phone;
		known->phone_digits = more->phone_digits;
	}
}

static ptrdiff_t
add(struct iap_arena *arena, struct iap_metadata *metadata, const struct iap_participant *person)
{
	size_t count = metadata->participant_count;

	for (size_t i = 0; i < count; i++)
		if (is_same_person(&metadata->participants[i], person)) {
			complete(&metadata->participants[i], person);
			return (ptrdiff_t)i;
		}
	if (count == PARTICIPANTS_MAX)
		return -1;
	/* Full at every power of two: then the list moves to twice the room. */
	if ((count & (count - 1)) == 0) {
		struct iap_participant *participants =
		    iap_arena_array(arena, count == 0 ? 1 : count * 2, sizeof *participants);

		if (count != 0)
			memcpy(participants, metadata->participants, count * sizeof *participants);
		metadata->participants = participants;
	}
	metadata->participants[metadata->participant_count++] = *person;
	return (ptrdiff_t)count;
}

ptrdiff_t
iap_participant_find(struct iap_arena *arena, struct iap_metadata *metadata,
    const struct iap_json *contact)
{
	const char *type = iap_field_text(contact, "type");
	struct iap_participant person = {
		.user_name = iap_field_text(contact, "userName"),
		.first_name = iap_field_text(contact, "firstName"),
		.last_name = iap_field_text(contact, "lastName"),
		.phone = iap_field_text(contact, "phoneNumber"),
	};

	if (contact == NULL || contact->type != IAP_JSON_OBJECT || contact->count == 0)
		return -1;
	person.kind = IAP_CONTACT_EXTERNAL;
	if (type == NULL ? person.user_name != NULL : strcasecmp(type, "User") == 0)
		person.kind = IAP_CONTACT_USER;
	person.phone_digits = iap_field_digits(arena, person.phone);
	return add(arena, metadata, &person);
}

void
iap_participant_note(struct iap_participant *participant, enum iap_event_kind kind,
    struct iap_moment at)
{
	if (!at.known)
		return;
	if (kind == IAP_EVENT_JOINED &&
	    (!participant->joined.known || at.ms < participant->joined.ms))
		participant->joined = at;
	if (kind == IAP_EVENT_LEFT && (!participant->left.known || at.ms > participant->left.ms))
		participant->left = at;
}

static bool
is_user(const struct iap_metadata *metadata, const char *user_name)
{
	for (size_t i = 0; i < metadata->participant_count; i++)
		if (metadata->participants[i].kind == IAP_CONTACT_USER &&
		    same(metadata->participants[i].user_name, user_name))
			return true;
	return false;
}

void
iap_participants_add_screens(struct iap_arena *arena, struct iap_metadata *metadata)
{
	for (size_t i = 0; i < metadata->media_count; i++) {
		const struct iap_media_entry *entry = &metadata->media[i];
		struct iap_participant person = { .kind = IAP_CONTACT_SCREEN };
		ptrdiff_t at;

		if (entry->screen_contact == NULL || is_user(metadata, entry->screen_contact))
			continue;
		person.user_name = entry->screen_contact;
		at = add(arena, metadata, &person);
		if (at < 0)
			continue;
		iap_participant_note(&metadata->participants[at], IAP_EVENT_JOINED, entry->started);
		iap_participant_note(&metadata->participants[at], IAP_EVENT_LEFT, entry->ended);
	}
}

struct ranked {
	struct iap_participant person;
	size_t before; /* its position before sorting */
};

/* Screens after people; those of whom no joining is known after the others of their sort. */
static int
compare_joining(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;
	const struct iap_participant *l = &left->person, *r = &right->person;
	bool left_screen = l->kind == IAP_CONTACT_SCREEN;
	bool right_screen = r->kind == IAP_CONTACT_SCREEN;

	if (left_screen != right_screen)
		return left_screen ? 1 : -1;
	if (l->joined.known != r->joined.known)
		return l->joined.known ? -1 : 1;
	if (l->joined.ms != r->joined.ms)
		return l->joined.ms < r->joined.ms ? -1 : 1;
	return left->before < right->before ? -1 : 1;
}

void
iap_participants_sort(struct iap_arena *arena, struct iap_metadata *metadata)
{
	size_t count = metadata->participant_count;
	struct ranked *ranked = iap_arena_array(arena, count + 1, sizeof *ranked);
	ptrdiff_t *after = iap_arena_array(arena, count + 1, sizeof *after);

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ metadata->participants[i], i };
	qsort(ranked, count, sizeof *ranked, compare_joining);
	for (size_t i = 0; i < count; i++) {
		metadata->participants[i] = ranked[i].person;
		after[ranked[i].before] = (ptrdiff_t)i;
	}
	for (size_t i = 0; i < metadata->event_count; i++)
		if (metadata->events[i].participant >= 0)
			metadata->events[i].participant = after[metadata->events[i].participant];
}
