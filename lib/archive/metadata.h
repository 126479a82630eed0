/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recording as IAP understands it, whatever release of Genesys wrote it,
 * and the one function that makes it out of a document. Nothing after this
 * folder knows how a document is spelt. Sources: what Genesys documents for the
 * spelling, the interface page for what IAP makes of it.
 *
 * Everything here lives as long as the arena it was made in. A text that the
 * document does not have is NULL; a text is never empty. Times are UTC in
 * milliseconds since 1970 and lie in [0, 2^42): 1970 to May 2109.
 */
#ifndef IAP_ARCHIVE_METADATA_H
#define IAP_ARCHIVE_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* The largest document that is read; callers check it before they load one. */
enum { IAP_DOCUMENT_LIMIT = 16 * 1024 * 1024 };

/* An arena for one document needs this much at most, on top of the document itself. */
#define IAP_DOCUMENT_ARENA ((size_t)1024 * 1024 * 1024)

enum iap_call_type {
	IAP_CALL_UNKNOWN, /* absent, NotSet, or a word that IAP does not know */
	IAP_CALL_INBOUND,
	IAP_CALL_OUTBOUND,
	IAP_CALL_INTERNAL,
	IAP_CALL_CONSULT,
	IAP_CALL_TYPE_COUNT
};

enum iap_contact {
	IAP_CONTACT_USER,     /* an agent */
	IAP_CONTACT_EXTERNAL, /* a customer, or whatever has no user name */
	IAP_CONTACT_SCREEN,   /* the agent whose screen was recorded (parameters.contact) */
	IAP_CONTACT_COUNT
};

enum iap_media_kind {
	IAP_MEDIA_AUDIO,
	IAP_MEDIA_VIDEO,
	IAP_MEDIA_KIND_COUNT
};

enum iap_event_kind {
	IAP_EVENT_JOINED,
	IAP_EVENT_LEFT,
	IAP_EVENT_DATA, /* attached data changed */
	IAP_EVENT_OTHER,
	IAP_EVENT_KIND_COUNT
};

/* A point in time that may not be known. */
struct iap_moment {
	bool known;
	int64_t ms;
};

/* A list of texts; none is NULL or empty. */
struct iap_texts {
	const char **items;
	size_t count;
};

/*
 * Each distinct contact once, however often it joined. The agents of an
 * interaction are the participants that are not EXTERNAL, in this order: a
 * screen contact that is also a user is listed as the user only.
 */
struct iap_participant {
	enum iap_contact kind;
	const char *user_name;
	const char *first_name;
	const char *last_name;
	const char *phone;        /* as written */
	const char *phone_digits; /* its digits only; NULL when it has none */
	struct iap_moment joined; /* the first time */
	struct iap_moment left;   /* the last time */
};

/* A key of the attached data with the value that it had at the end of the call. */
struct iap_attribute {
	const char *key;
	const char *value; /* may be empty, never NULL; objects and arrays as JSON */
	bool secret;       /* the key looks like a credential: never store or show `value` */
};

struct iap_event {
	enum iap_event_kind kind;
	const char *what; /* as written; "" when the document does not say */
	struct iap_moment at;
	const char *call_uuid;
	ptrdiff_t participant; /* position in participants[]; -1 when it names no contact */
	struct iap_attribute *data; /* added or changed by a DATA event, in its order */
	size_t data_count;
	struct iap_texts removed; /* keys that a DATA event took away */
};

/* Milliseconds from the start of the media; begin <= end. */
struct iap_mask {
	int64_t from_ms;
	int64_t to_ms;
};

struct iap_media_entry {
	const char *media_id; /* as written */

	/*
	 * Base names under which the file may stand in the archive, the best
	 * first: of mediaId, mediaDescriptor, originalMediaDescriptor, mediaPath,
	 * playPath, mediaUri. URL-decoded, each once, without control characters
	 * (so a list of them can be kept one a line). For iap_pair(), which folds them.
	 */
	struct iap_texts names;

	const char *type; /* as it is served: audio/mp3 is audio/mpeg already */
	enum iap_media_kind kind;
	struct iap_moment started;
	struct iap_moment ended;
	bool has_duration;
	int64_t duration_ms; /* corrected: seconds are made milliseconds, nonsense is replaced */
	bool has_size;
	uint64_t size; /* as stated; plain or cipher is not known. Believe storage instead */
	const char *call_uuid;
	struct iap_mask *masks; /* in order of time */
	size_t mask_count;

	bool encrypted;       /* the document says so, by an envelope or an alias */
	const char *envelope; /* `pkcs7` as written, unescaped: PEM or bare base64 */
	struct iap_texts cert_aliases;

	struct iap_texts partitions;
	struct iap_texts accessgroups;
	const char *tenant;
	const char *region;         /* parameters.region */
	const char *screen_contact; /* parameters.contact.userName */
};

/*
 * Bytes [begin, end) of the file hold the value of a secret: to be overlaid
 * with `fill` when the document is shown, so that it keeps its length and
 * stays JSON. The fill is `*` inside a text and `1` for a number.
 */
struct iap_blank {
	size_t begin, end;
	char fill;
};

struct iap_metadata {
	const char *recording_id;
	struct iap_moment started; /* startTime, else the earliest of media and events, or a date */
	bool started_by_date;      /* only the date in the path or a name is known: midnight UTC */
	struct iap_moment ended;   /* stopTime, else the latest; never before `started` */
	bool has_duration;
	int64_t duration_ms; /* ended - started */

	const char *caller; /* as written, "anonymous" too */
	const char *caller_digits;
	const char *dialed;
	const char *dialed_digits;
	enum iap_call_type call_type;
	const char *region; /* of the document or a media entry; NULL: the source's counts */

	/* Distinct, of the document and all its media, as written, in that order. */
	struct iap_texts partitions;
	struct iap_texts accessgroups;
	struct iap_texts tenants;
	struct iap_texts labels;
	bool non_delete; /* protected against deletion in Genesys */

	struct iap_participant *participants; /* in order of joining */
	size_t participant_count;
	struct iap_attribute *attributes; /* in order of first appearance */
	size_t attribute_count;
	struct iap_event *events; /* in order of time, the document's order among equals */
	size_t event_count;
	struct iap_media_entry *media; /* position = n of the interface */
	size_t media_count;
	bool has_screen; /* any media is video */

	size_t element; /* position in a file of several recordings, else 0 */

	/*
	 * The bytes to serve as the original document: the whole file, or of a file
	 * with several recordings this one's element.
	 */
	size_t slice_begin, slice_end;
	struct iap_blank *blanks; /* inside the slice, offsets in the file, ascending */
	size_t blank_count;
};

struct iap_document {
	struct iap_metadata *recordings;
	size_t count; /* 0: not a document of recordings, to be passed over in silence */

	/*
	 * Of a file with several recordings some may be damaged: `fault` says
	 * what is wrong with the first of them and `fault_count` how many they
	 * are, and `recordings` holds the good ones. NULL when none is.
	 */
	const char *fault;
	size_t fault_count;
};

/*
 * Reads the document `bytes`, which stands at `key` in its source (the date in
 * its folders is used when no time is in it). IAP_OK with count 0 for JSON
 * that is no metadata; IAP_CORRUPT with the cause for a document that is
 * damaged: not JSON (with line and column), or without anything IAP can keep.
 */
IAP_MUST_CHECK enum iap_status iap_document_parse(struct iap_arena *arena, const char *bytes,
    size_t size, const char *key, struct iap_document *out, struct iap_error *err);

/* The words of the interface: "inbound", "user", "audio", "joined". */
const char *iap_call_type_name(enum iap_call_type type);
const char *iap_contact_name(enum iap_contact kind);
const char *iap_media_kind_name(enum iap_media_kind kind);
const char *iap_event_kind_name(enum iap_event_kind kind);

#endif
