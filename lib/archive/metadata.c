/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the interface for what metadata.h enumerates. */
#include "archive/metadata.h"

static const char *const call_types[] = {
	[IAP_CALL_UNKNOWN] = "unknown",
	[IAP_CALL_INBOUND] = "inbound",
	[IAP_CALL_OUTBOUND] = "outbound",
	[IAP_CALL_INTERNAL] = "internal",
	[IAP_CALL_CONSULT] = "consult",
};
_Static_assert(IAP_LENGTH(call_types) == IAP_CALL_TYPE_COUNT, "every call type has a name");

static const char *const contacts[] = {
	[IAP_CONTACT_USER] = "user",
	[IAP_CONTACT_EXTERNAL] = "external",
	[IAP_CONTACT_SCREEN] = "screen",
};
_Static_assert(IAP_LENGTH(contacts) == IAP_CONTACT_COUNT, "every contact has a name");

static const char *const media_kinds[] = {
	[IAP_MEDIA_AUDIO] = "audio",
	[IAP_MEDIA_VIDEO] = "video",
};
_Static_assert(IAP_LENGTH(media_kinds) == IAP_MEDIA_KIND_COUNT, "every kind has a name");

static const char *const event_kinds[] = {
	[IAP_EVENT_JOINED] = "joined",
	[IAP_EVENT_LEFT] = "left",
	[IAP_EVENT_DATA] = "data",
	[IAP_EVENT_OTHER] = "other",
};
_Static_assert(IAP_LENGTH(event_kinds) == IAP_EVENT_KIND_COUNT, "every kind has a name");

const char *
iap_call_type_name(enum iap_call_type type)
{
	return call_types[type];
}

const char *
iap_contact_name(enum iap_contact kind)
{
	return contacts[kind];
}

const char *
iap_media_kind_name(enum iap_media_kind kind)
{
	return media_kinds[kind];
}

const char *
iap_event_kind_name(enum iap_event_kind kind)
{
	return event_kinds[kind];
}
