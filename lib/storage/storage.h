/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where archives lie: objects with keys, read only. Of the local kind an
 * object is a regular file below the root; its key is the path from there,
 * any bytes but NUL. Nothing outside the root can be named, and no symbolic
 * link is followed. Of s3 and azure a key is the object's name after the source's
 * prefix, and directories are what lies between its slashes; names with empty
 * parts, or parts "." and "..", are skipped and counted.
 *
 * A zip is an object, and also a directory of its entries: the directory's name is
 * the zip's key with a slash, so the key of an entry is "KEY//NAME", which no
 * object can have. What lies in a zip is listed and read like the rest, in
 * place, but for zips in zips. Listing does not tell of these directories.
 */
#ifndef IAP_STORAGE_STORAGE_H
#define IAP_STORAGE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "conf/source.h"
#include "storage/reader.h"

struct iap_storage;

/* The longest key, in bytes. */
enum { IAP_STORAGE_KEY_MAX = 4095 };

/* More entries in one directory are refused (IAP_INVALID): about 200 bytes of arena each. */
enum { IAP_STORAGE_LIST_MAX = 1000000 };

/* What sources.d/NAME.conf says. */
struct iap_storage_conf {
	const char *name; /* of the source */
	const char *kind; /* one of iap_storage_kinds() */
	const char *root; /* local: an absolute path */

	const char *endpoint;    /* s3, azure: https://HOST[:PORT], or http:// */
	const char *bucket;      /* s3: bucket; azure: container */
	const char *prefix;      /* before every key; a slash is put after it; NULL: none */
	const char *aws_region;  /* s3; NULL: us-east-1 */
	const char *credentials; /* s3, azure: file; NULL: what the platform offers */
	const char *addressing;  /* s3: "path", "virtual"; NULL: virtual at amazonaws.com only */
	const char *ca_file;     /* s3, azure: certificates to trust; NULL: the system's */
	bool requester_pays;     /* s3 */
	unsigned int patience_s; /* how long an endpoint may send nearly nothing; 0: 20 */
};

/* The same as a file of sources.d says it; what `source` points to is not copied. */
struct iap_storage_conf iap_storage_conf_of(const struct iap_source_conf *source);

/* An object as it is now. */
struct iap_object {
	const char *key;
	uint64_t size;     /* bytes */
	int64_t mtime_ns;  /* last change, ns since 1970 */
};

/* One entry of a directory. */
struct iap_storage_entry {
	const char *name;  /* the last part of its key */
	bool directory;    /* else it is an object */
	uint64_t size;     /* of an object, bytes */
	int64_t mtime_ns;
};

/* A whole directory, ordered by the bytes of the names. */
struct iap_storage_page {
	const struct iap_storage_entry *entries;
	size_t count;
	size_t skipped;    /* neither files nor directories, or links: not looked at */
};

/* The beginning of one object of many that are read together. */
struct iap_storage_load {
	const char *key;        /* to be filled, as the next */
	size_t wanted;          /* bytes from its beginning; 0 asks nothing and gives IAP_OK */

	enum iap_status status; /* as of iap_storage_read() */
	const char *detail;     /* of a status other than IAP_OK */
	char *bytes;            /* with a NUL after them */
	size_t size;            /* less than wanted where the object ends */
	uint64_t whole;         /* of the object */
	int64_t mtime_ns;
};

/*
 * Opens the storage that `conf` tells of; conf is not kept. IAP_INVALID for an
 * unknown kind or a root that is not an absolute path, IAP_UNAVAILABLE when
 * the root cannot be entered now. The caller closes *out.
 */
IAP_MUST_CHECK enum iap_status iap_storage_open(const struct iap_storage_conf *conf,
    struct iap_storage **out, struct iap_error *err);

/* Closes *storage and sets it to NULL; NULL in it is allowed. */
void iap_storage_close(struct iap_storage **storage);

/*
 * By how much the storage's clock turned out to be ahead of ours, when it refused
 * a request for that; requests are signed with its time since. 0: it did not.
 */
int64_t iap_storage_skew_ms(const struct iap_storage *storage);

/* The kinds there are, for messages: "local, s3, azure". */
const char *iap_storage_kinds(void);

/*
 * Whether `key` may name an object: 1 to IAP_STORAGE_KEY_MAX bytes, no slash at
 * either end, no empty part, no part "." or "..".
 */
bool iap_storage_key_check(const char *key);

/* Whether `key` is one, or the key of an entry of a zip: "KEY//NAME". */
bool iap_storage_name_check(const char *key);

/* Whether an object is a zip, by its name. */
bool iap_storage_is_zip(const char *key);

/*
 * The following three share their refusals: IAP_INVALID for a key that may not
 * be one; IAP_NOT_FOUND when there is no such object or directory (links,
 * sockets and the like are none); IAP_FORBIDDEN when the storage refuses this
 * one (state `unreadable`); IAP_UNAVAILABLE when it refuses everything now. In zips
 * also IAP_CORRUPT: the zip, or the entry, is damaged.
 */

/* Looks up one object; what is in *out lives in `arena`. */
IAP_MUST_CHECK enum iap_status iap_storage_stat(struct iap_storage *storage,
    struct iap_arena *arena, const char *key, struct iap_object *out, struct iap_error *err);

/*
 * All entries of the directory `dir` ("" is the root). An entry that vanishes
 * while it is listed is left out.
 */
IAP_MUST_CHECK enum iap_status iap_storage_list(struct iap_storage *storage,
    struct iap_arena *arena, const char *dir, struct iap_storage_page *out,
    struct iap_error *err);

/*
 * Reads the beginnings of `count` objects, up to `in_flight` at a time, each
 * with one request where requests are what it takes. Bytes and details live
 * in `arena`, which has to have room for all that is wanted.
 */
void iap_storage_load_all(struct iap_storage *storage, struct iap_arena *arena,
    struct iap_storage_load *loads, size_t count, size_t in_flight);

/* Opens an object for reading. The caller closes *out, which outlives the storage. */
IAP_MUST_CHECK enum iap_status iap_storage_read(struct iap_storage *storage, const char *key,
    struct iap_reader **out, struct iap_error *err);

#endif
