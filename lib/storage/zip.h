/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a zip holds (PKWARE APPNOTE 6.3.9), read in place from any stream:
 * stored and deflated entries, zip64, zips that were joined, and zips whose
 * directory is lost, of which the entries themselves still tell. Limits keep
 * a zip that was made to do harm from costing time or memory. libzip is not
 * used: it tells no offsets, so that neither overlaps nor torn zips could be
 * dealt with, and it reads a directory whole before its size can be judged.
 */
#ifndef IAP_STORAGE_ZIP_H
#define IAP_STORAGE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "storage/reader.h"
#include "storage/storage.h"

enum {
	IAP_ZIP_ENTRIES_MAX = 100000,
	IAP_ZIP_RATIO_MAX = 200,             /* unpacked to packed, of an entry and of all */
	IAP_ZIP_RATIO_FREE = 1024 * 1024,    /* unpacked bytes for which no ratio is too large */
	IAP_ZIP_DIRECTORY_MAX = 64 * 1024 * 1024,
	IAP_ZIP_NAMES_MAX = 16 * 1024 * 1024, /* bytes of all names together */
	IAP_ZIP_NOTES_MAX = 100,
};

/* All entries unpacked; bytes of a torn zip that are searched; bytes inflated for one seek. */
#define IAP_ZIP_BYTES_MAX ((uint64_t)1 << 40)
#define IAP_ZIP_SCAN_MAX ((uint64_t)8 << 30)
#define IAP_ZIP_SKIP_MAX ((uint64_t)1 << 30)

/* What has to be said of a zip that can be read at least in part. */
struct iap_zip_note {
	const char *entry;  /* its name; NULL: the zip as a whole */
	const char *cause;  /* a cause of faults: "damaged", "unsupported" */
	const char *detail;
};

/* The list of a zip's entries; once made it does not change. Threads may share it. */
struct iap_zip;

/* An entry that may be read; directories, links and names that lead elsewhere are none. */
struct iap_zip_entry {
	uint64_t at;      /* of its local header */
	uint64_t packed;  /* bytes in the zip */
	uint64_t size;    /* bytes unpacked */
	int64_t mtime_ns; /* as the zip says; below the second a part of the CRC-32, so that
	                     another content of the same size and time is a change */
	uint32_t crc;
	uint32_t name;    /* see iap_zip_name() */
	uint16_t method;
	uint16_t flags;
};

/*
 * Lists the entries of `archive`, which stays the caller's. IAP_CORRUPT when it
 * is no zip; IAP_INVALID when it goes beyond
 * the limits or its entries overlap; other statuses as the stream says. The
 * caller closes *out.
 */
IAP_MUST_CHECK enum iap_status iap_zip_open(struct iap_reader *archive, struct iap_zip **out,
    struct iap_error *err);

/* One more user of the list, which the last iap_zip_close() frees. */
struct iap_zip *iap_zip_share(struct iap_zip *zip);
void iap_zip_close(struct iap_zip **zip);

/* Bytes of memory that the list takes. */
size_t iap_zip_weight(const struct iap_zip *zip);

/* The entries that can be read, and what is to be said; borrowed from the zip. */
size_t iap_zip_count(const struct iap_zip *zip);
const struct iap_zip_note *iap_zip_notes(const struct iap_zip *zip, size_t *count_out);

/* The name of an entry, with slashes; it may be a key: iap_storage_key_check(). */
const char *iap_zip_name(const struct iap_zip *zip, const struct iap_zip_entry *entry);

/* The entry of this name; NULL when there is none. */
const struct iap_zip_entry *iap_zip_find(const struct iap_zip *zip, const char *name);

/* The directory `dir` ("" is the root) as storage lists one; IAP_NOT_FOUND when there is none. */
IAP_MUST_CHECK enum iap_status iap_zip_list(const struct iap_zip *zip, struct iap_arena *arena,
    const char *dir, struct iap_storage_page *out, struct iap_error *err);

/*
 * An entry as a stream. Takes over *archive, also when it fails, and sets it to
 * NULL. Of a stored entry a range is read as it lies; a deflated one is inflated up to the
 * range, so a step back of more than half a megabyte costs all that is before
 * it again. Bytes that were read from the first to the last are held to their
 * CRC-32. IAP_CORRUPT when the entry is not what the directory says,
 * IAP_FORBIDDEN when it is encrypted, packed otherwise, or beyond the ratio.
 */
IAP_MUST_CHECK enum iap_status iap_zip_read(const struct iap_zip_entry *entry,
    const char *name, struct iap_reader **archive, struct iap_reader **out,
    struct iap_error *err);

#endif
