/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which object of a source is the file of a media entry. A call never plays
 * its neighbour's medium: where names leave a doubt there is no pair, and the
 * interaction is listed as failed instead.
 *
 * Places are tried in this order, and in each place the names of the entry in
 * theirs: the document's own folder, its child folders, its sibling folders,
 * the zip it lies in (keys of entries are "ZIP//NAME"), the whole source, and last the only media file beside the only document.
 * Names are compared without case and `.bin`. An object is taken
 *
 *  - when its name holds the recording's id, else
 *  - when it lies in the document's own folder and this is the only document
 *    there, or the name is so long that nobody else has it, else
 *  - when it lies in a child folder without documents, and this is the only
 *    document in its own, else
 *  - when it lies in the document's own folder and no document of another
 *    recording there names it, or this one alone letter by letter: so `x.mp3`
 *    and `x.mp3.bin` may be two calls of one folder, else
 *  - when no document of another recording in the whole source names it;
 *
 * and outside the document's folder only when all that have the name lie in one
 * folder, and for a short name only when no document lies there.
 */
#ifndef IAP_ARCHIVE_PAIRING_H
#define IAP_ARCHIVE_PAIRING_H

#include <stdbool.h>
#include <stddef.h>

#include "archive/metadata.h"
#include "base/arena.h"
#include "base/error.h"

/* Names that long are made from UUIDs and times: no two calls share one by chance. */
enum { IAP_PAIR_LONG_NAME = 32 };

/* What a folder holds directly. */
struct iap_pair_folder {
	size_t documents;       /* objects for which iap_pair_is_document() holds, but for those
	                           that were read and found to be no document of recordings */
	size_t media;           /* objects for which iap_pair_is_media() holds */
	const char *only_media; /* the key of the first of them, or NULL */
};

/*
 * What pairing asks of the source's listing. Folders are keys without a slash
 * at their end, "" being the root. All answers live in `arena`.
 */
struct iap_pair_lookup {
	void *context;

	/*
	 * Whether every document of the source has been read, so that
	 * `named_elsewhere` can answer. When not, what depends on it finds no
	 * object: ask again for those media once it is.
	 */
	bool complete;

	/* Keys directly in `folder` whose iap_pair_fold() is `folded`. */
	enum iap_status (*in_folder)(void *context, struct iap_arena *arena, const char *folder,
	    const char *folded, struct iap_texts *keys_out, struct iap_error *err);

	/*
	 * At most `limit` keys of the source that begin with `prefix` ("" is
	 * all) and whose iap_pair_fold() is `folded`.
	 */
	enum iap_status (*in_source)(void *context, struct iap_arena *arena, const char *prefix,
	    const char *folded, size_t limit, struct iap_texts *keys_out, struct iap_error *err);

	enum iap_status (*survey)(void *context, struct iap_arena *arena, const char *folder,
	    struct iap_pair_folder *out, struct iap_error *err);

	/*
	 * Whether a media entry of a recording whose id is not `recording_id` has a
	 * name that is `form` once iap_pair_bare() or iap_pair_exact() is applied to
	 * it, in a document of `folder` (NULL: anywhere). With case: `A.mp3` and
	 * `a.mp3` may be two calls of one folder.
	 */
	enum iap_status (*named_elsewhere)(void *context, const char *folder, const char *form,
	    const char *recording_id, bool *out, struct iap_error *err);
};

/* What pairing knows of one media entry. */
struct iap_pair_request {
	const char *document_key;
	const char *recording_id;
	const struct iap_texts *names; /* iap_media_entry.names */
	bool sole;                     /* the only media entry of its document file */
	bool encrypted;                /* prefers x.mp3.bin to x.mp3 where both exist */
	enum iap_media_kind kind;
};

/* Finds the key of the entry's object; *key_out is NULL when there is none or a doubt. */
IAP_MUST_CHECK enum iap_status iap_pair(const struct iap_pair_lookup *lookup,
    struct iap_arena *arena, const struct iap_pair_request *request, const char **key_out,
    struct iap_error *err);

/* The base name of a key, path or URL: what follows the last slash or backslash, as written. */
const char *iap_pair_base(const char *key);

/* The base name of `key`, URL-decoded where that gives a name, without `.bin` (in any case). */
const char *iap_pair_bare(struct iap_arena *arena, const char *key);

/*
 * A slash, which no bare name has, and the base name of `key` letter by letter;
 * NULL for names so long that nobody asks for this form.
 */
const char *iap_pair_exact(struct iap_arena *arena, const char *key);

/*
 * The form under which names are compared and indexed: iap_pair_bare() in
 * lower case. Only A-Z is changed: other letters have no case that all file
 * systems agree on.
 */
const char *iap_pair_fold(struct iap_arena *arena, const char *key);

/* The folder of a key, without a slash at its end; "" at the root. */
const char *iap_pair_parent(struct iap_arena *arena, const char *key);

/* Whether a name may be a document (.json), or a media file (by its ending, .bin or not). */
bool iap_pair_is_document(const char *key);
bool iap_pair_is_media(const char *key);

#endif
