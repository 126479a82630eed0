/* SPDX-License-Identifier: Apache-2.0 */
/* A list of entries while it is made; for zip*.c only. */
#ifndef IAP_STORAGE_ZIP_PARTS_H
#define IAP_STORAGE_ZIP_PARTS_H

#include <stdatomic.h>

#include "storage/zip.h"

/* What records begin with (APPNOTE 4.3), as little-endian numbers, and the sizes of their heads. */
enum {
	IAP_ZIP_LOCAL = 0x04034b50,
	IAP_ZIP_LOCAL_SIZE = 30,
	IAP_ZIP_CENTRAL = 0x02014b50,
	IAP_ZIP_CENTRAL_SIZE = 46,
	IAP_ZIP_END = 0x06054b50,
	IAP_ZIP_END_SIZE = 22,
	IAP_ZIP_END64 = 0x06064b50,
	IAP_ZIP_END64_SIZE = 56,
	IAP_ZIP_LOCATOR = 0x07064b50,
	IAP_ZIP_LOCATOR_SIZE = 20,
	IAP_ZIP_DESCRIPTOR = 0x08074b50,
};

enum { IAP_ZIP_STORED = 0, IAP_ZIP_DEFLATED = 8 };

enum {
	IAP_ZIP_ENCRYPTED = 1 << 0, /* of the flags */
	IAP_ZIP_DESCRIBED = 1 << 3, /* sizes stand behind the bytes */
};

/* Where bytes of the archive stand in memory; there are no more than fit. */
enum { IAP_ZIP_WINDOW = 1024 * 1024 };

struct iap_zip_window {
	struct iap_reader *archive;
	uint64_t at;
	size_t size;
	unsigned char *bytes;
};

struct iap_zip {
	atomic_uint users;
	struct iap_arena *arena; /* of the notes */
	struct iap_zip_entry *entries; /* by name, once made */
	size_t count;
	size_t capacity;
	char *names;
	size_t names_size;
	size_t names_capacity;
	size_t skipped;
	size_t records; /* entries of every sort */
	struct iap_zip_note notes[IAP_ZIP_NOTES_MAX];
	size_t note_count;
};

/* An entry as it was found, before it is known to be worth keeping. */
struct iap_zip_found {
	struct iap_zip_entry entry;
	const char *name;
	size_t name_size;
	unsigned int host;   /* the system that made it (APPNOTE 4.4.2) */
	uint32_t attributes; /* of the file, as that system has them; 0: not known */
	uint32_t dos_time;   /* date above, time below; used when mtime_ns is 0 */
};

static inline uint16_t
iap_zip_u16(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t
iap_zip_u32(const unsigned char *at)
{
	return iap_zip_u16(at) | (uint32_t)iap_zip_u16(at + 2) << 16;
}

static inline uint64_t
iap_zip_u64(const unsigned char *at)
{
	return iap_zip_u32(at) | (uint64_t)iap_zip_u32(at + 4) << 32;
}

/*
 * The bytes [at, at + size) of the archive, valid until the next call; *out is
 * NULL when they are not all there. `size` is at most IAP_ZIP_WINDOW.
 */
IAP_MUST_CHECK enum iap_status iap_zip_look(struct iap_zip_window *window, uint64_t at,
    size_t size, const unsigned char **out, struct iap_error *err);

/* Takes an entry into the list, or passes over it; IAP_INVALID beyond the limits. */
IAP_MUST_CHECK enum iap_status iap_zip_add(struct iap_zip *zip,
    const struct iap_zip_found *found, struct iap_error *err);

/* Keeps a note; `name` (or NULL) and the text are copied. */
void iap_zip_note(struct iap_zip *zip, const char *name, const char *cause,
    const char *format, ...) IAP_PRINTF(4, 5);

/* Forgets what was added after there were `count` entries. */
void iap_zip_cut(struct iap_zip *zip, size_t count);

/* Sizes above 2^32, of the extra fields (APPNOTE 4.5.3); `at` is NULL for a local header. */
void iap_zip_read_extra(const unsigned char *extra, size_t size, uint64_t *unpacked,
    uint64_t *packed, uint64_t *at, int64_t *mtime_ns);

/*
 * Reads the directory of the zip that ends at `end`. *begin_out is where its
 * first entry lies; `end` itself when no directory, or only a damaged one, was found.
 */
IAP_MUST_CHECK enum iap_status iap_zip_read_directory(struct iap_zip *zip,
    struct iap_zip_window *window, uint64_t end, uint64_t *begin_out, struct iap_error *err);

/* Looks for entries in [0, end) by their local headers; notes what is cut off. */
IAP_MUST_CHECK enum iap_status iap_zip_scan(struct iap_zip *zip, struct iap_zip_window *window,
    uint64_t end, struct iap_error *err);

#endif
