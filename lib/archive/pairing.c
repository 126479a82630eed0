/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/pairing.h"

#include <string.h>
#include <strings.h>

#include "archive/media_type.h"
#include "base/text.h"

enum {
	/* Shorter ids, such as "1", are in other calls' names by chance. */
	LONG_ID = 12,
	/* More objects of one name than that are a doubt anyway. */
	CANDIDATES_MAX = 1000,
};

enum place { OWN_FOLDER, CHILD_FOLDER, SIBLING_FOLDER, SAME_ZIP, SOURCE, PLACE_COUNT };

struct search {
	const struct iap_pair_lookup *lookup;
	struct iap_arena *arena;
	const struct iap_pair_request *request;
	const char *folder; /* of the document */
	const char *zip;    /* the document's, with the slashes behind it; NULL: it lies in none */
};

static bool
is_bin(const char *key)
{
	size_t length = strlen(key);

	return length >= 4 && strcasecmp(key + length - 4, ".bin") == 0;
}

/* Whether `key` lies in the kind of folder that `place` is, seen from the document's. */
static bool
is_in(const struct search *search, enum place place, const char *key)
{
	const char *folder = iap_pair_parent(search->arena, key);
	const char *above = iap_pair_parent(search->arena, folder);

	switch (place) {
	case OWN_FOLDER:
		return strcmp(folder, search->folder) == 0;
	case CHILD_FOLDER:
		return *folder != '\0' && strcmp(above, search->folder) == 0;
	case SIBLING_FOLDER:
		return *folder != '\0' && *search->folder != '\0' &&
		    strcmp(above, iap_pair_parent(search->arena, search->folder)) == 0;
	case SAME_ZIP:
		return search->zip != NULL && strncmp(key, search->zip, strlen(search->zip)) == 0;
	case SOURCE:
	case PLACE_COUNT:
		break;
	}
	return true;
}

/* What the keys of all entries begin with that lie in the zip of `key`; NULL when it lies in none. */
static const char *
zip_of(struct iap_arena *arena, const char *key)
{
	const char *slash = strstr(key, "//");

	return slash == NULL ? NULL : iap_arena_copy_bytes(arena, key, (size_t)(slash + 2 - key));
}

/* What every key of a place begins with. */
static const char *
prefix_of(const struct search *search, enum place place)
{
	const char *folder = place == CHILD_FOLDER ? search->folder :
	    iap_pair_parent(search->arena, search->folder);

	if (place == SAME_ZIP)
		return search->zip;
	if (place == SOURCE || *folder == '\0')
		return "";
	return iap_arena_format(search->arena, "%s/", folder);
}

/* The objects of a place that answer to `folded`, documents excepted. */
static enum iap_status
list_candidates(struct search *search, enum place place, const char *folded,
    struct iap_texts *out, struct iap_error *err)
{
	const struct iap_pair_lookup *lookup = search->lookup;
	struct iap_texts found = { 0 };
	enum iap_status status;

	if (place == OWN_FOLDER)
		status = lookup->in_folder(lookup->context, search->arena, search->folder, folded,
		    &found, err);
	else
		status = lookup->in_source(lookup->context, search->arena, prefix_of(search, place),
		    folded, CANDIDATES_MAX, &found, err);
	if (status != IAP_OK)
		return status;
	*out = (struct iap_texts){
		.items = iap_arena_array(search->arena, found.count + 1, sizeof *out->items),
	};
	for (size_t i = 0; i < found.count; i++)
		if (!iap_pair_is_document(found.items[i]) && is_in(search, place, found.items[i]))
			out->items[out->count++] = found.items[i];
	return IAP_OK;
}

static bool
is_exact(const char *key, const char *name)
{
	return strcmp(iap_pair_base(key), iap_pair_base(name)) == 0;
}

/*
 * How well an object answers to a name: with the same case first, then with
 * `.bin` as an encrypted file has it and a clear one has it when it says so,
 * then letter by letter.
 */
static int
rank(struct search *search, const char *key, const char *name)
{
	bool same_case = strcmp(iap_pair_bare(search->arena, key),
	    iap_pair_bare(search->arena, name)) == 0;
	bool wants_bin = search->request->encrypted || is_bin(name);

	return same_case * 4 + (is_bin(key) == wants_bin) * 2 + is_exact(key, name);
}

/* The one best candidate; NULL when there is none or two are equally good. */
static const char *
choose(struct search *search, const struct iap_texts *candidates, const char *name)
{
	const char *best = NULL;
	int best_rank = -1;

	for (size_t i = 0; i < candidates->count; i++) {
		int its_rank = rank(search, candidates->items[i], name);

		if (its_rank == best_rank)
			best = NULL;
		if (its_rank > best_rank) {
			best = candidates->items[i];
			best_rank = its_rank;
		}
	}
	return best;
}

/* Outside the own folder two files of one name are a doubt, but for x.mp3 beside x.mp3.bin. */
static bool
is_one_folder(struct search *search, const struct iap_texts *candidates)
{
	for (size_t i = 1; i < candidates->count; i++)
		if (strcmp(iap_pair_parent(search->arena, candidates->items[i]),
		    iap_pair_parent(search->arena, candidates->items[0])) != 0)
			return false;
	return true;
}

/* Whether the name holds the id of this recording, which no other recording's file does. */
static bool
holds_own_id(struct search *search, const char *key)
{
	const char *id = search->request->recording_id;

	if (strlen(id) < LONG_ID)
		return false;
	return strstr(iap_pair_fold(search->arena, key), iap_pair_fold(search->arena, id)) != NULL;
}

static enum iap_status
survey(struct search *search, const char *folder, struct iap_pair_folder *out,
    struct iap_error *err)
{
	*out = (struct iap_pair_folder){ 0 };
	return search->lookup->survey(search->lookup->context, search->arena, folder, out, err);
}

/*
 * Sets *out when no other recording has a name of this form, as far as is
 * known. Beside the document only its neighbours count: folders of a day often
 * hold the same short names.
 */
static enum iap_status
check_unnamed(struct search *search, enum place place, const char *form, bool *out,
    struct iap_error *err)
{
	const struct iap_pair_lookup *lookup = search->lookup;
	bool named = true;

	if (form != NULL && lookup->complete && lookup->named_elsewhere(lookup->context,
	    place == OWN_FOLDER ? search->folder : NULL, form, search->request->recording_id,
	    &named, err) != IAP_OK)
		return err->status;
	*out = !named;
	return IAP_OK;
}

/* Whether the object may be taken: see the head of pairing.h. */
static enum iap_status
check_object(struct search *search, enum place place, const char *key, bool *out,
    struct iap_error *err)
{
	bool long_name = strlen(iap_pair_bare(search->arena, key)) >= IAP_PAIR_LONG_NAME;
	struct iap_pair_folder around;

	*out = holds_own_id(search, key) || (long_name && place == OWN_FOLDER);
	if (*out)
		return IAP_OK;
	if (survey(search, iap_pair_parent(search->arena, key), &around, err) != IAP_OK)
		return err->status;
	if (place == OWN_FOLDER && around.documents <= 1) {
		*out = true;
		return IAP_OK;
	}
	/* Media below the only document of a folder are its own, whatever others call theirs. */
	if (place == CHILD_FOLDER && around.documents == 0) {
		if (survey(search, search->folder, &around, err) != IAP_OK)
			return err->status;
		if (around.documents <= 1) {
			*out = true;
			return IAP_OK;
		}
		around.documents = 0;
	}
	/* The document that lies there may be damaged and unable to claim its file. */
	if (place != OWN_FOLDER && !long_name && around.documents > 0)
		return IAP_OK;
	return check_unnamed(search, place, iap_pair_bare(search->arena, key), out, err);
}

/* The best candidate that may be taken, else the one whose very name this recording alone has. */
static enum iap_status
take(struct search *search, enum place place, const struct iap_texts *candidates,
    const char *name, const char **key_out, struct iap_error *err)
{
	const char *best = choose(search, candidates, name);
	bool taken = false;

	if (best != NULL && check_object(search, place, best, &taken, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < candidates->count && !taken && place == OWN_FOLDER; i++) {
		best = candidates->items[i];
		if (is_exact(best, name) && check_unnamed(search, place,
		    iap_pair_exact(search->arena, best), &taken, err) != IAP_OK)
			return err->status;
	}
	if (taken)
		*key_out = best;
	return IAP_OK;
}

static enum iap_status
search_place(struct search *search, enum place place, const char **key_out, struct iap_error *err)
{
	const struct iap_texts *names = search->request->names;

	for (size_t i = 0; i < names->count; i++) {
		const char *folded = iap_pair_fold(search->arena, names->items[i]);
		struct iap_texts candidates;

		if (list_candidates(search, place, folded, &candidates, err) != IAP_OK)
			return err->status;
		if (place != OWN_FOLDER && !is_one_folder(search, &candidates))
			continue;
		if (take(search, place, &candidates, names->items[i], key_out, err) != IAP_OK)
			return err->status;
		if (*key_out != NULL)
			return IAP_OK;
	}
	return IAP_OK;
}

/* The only media file beside the only document, when both are of one kind and nobody names it. */
static enum iap_status
search_alone(struct search *search, const char **key_out, struct iap_error *err)
{
	struct iap_pair_folder around;
	const char *only, *type;
	bool unclaimed;

	if (!search->request->sole)
		return IAP_OK;
	if (survey(search, search->folder, &around, err) != IAP_OK)
		return err->status;
	only = around.only_media;
	if (around.documents != 1 || around.media != 1 || only == NULL)
		return IAP_OK;
	type = iap_media_type_of_name(search->arena, only);
	if (type != NULL && iap_media_type_kind(type) != search->request->kind)
		return IAP_OK;
	if (check_unnamed(search, SOURCE, iap_pair_bare(search->arena, only), &unclaimed, err) !=
	    IAP_OK)
		return err->status;
	if (unclaimed)
		*key_out = only;
	return IAP_OK;
}

enum iap_status
iap_pair(const struct iap_pair_lookup *lookup, struct iap_arena *arena,
    const struct iap_pair_request *request, const char **key_out, struct iap_error *err)
{
	struct search search = {
		.lookup = lookup,
		.arena = arena,
		.request = request,
		.folder = iap_pair_parent(arena, request->document_key),
		.zip = zip_of(arena, request->document_key),
	};

	*key_out = NULL;
	for (int place = OWN_FOLDER; place < PLACE_COUNT; place++) {
		if (place == SAME_ZIP && search.zip == NULL)
			continue;
		if (search_place(&search, (enum place)place, key_out, err) != IAP_OK)
			return err->status;
		if (*key_out != NULL)
			return IAP_OK;
	}
	return search_alone(&search, key_out, err);
}
