/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A zip whose directory is lost or damaged: entries by the headers before
 * them (APPNOTE 4.3.7). What is written as a stream, as Java does, has its sizes
 * only behind its bytes; they are found by a record that names just as many
 * bytes as were passed.
 */
#include <string.h>

#include "storage/zip_parts.h"

/* The longest descriptor, with the signature that must follow. */
enum { DESCRIPTOR_MAX = 24 + 4, STEP = 256 * 1024, NAME_MAX_SIZE = 4095 };

/* How often a zip may be searched over, for a file made to be searched for ever. */
enum { BUDGET = 4 };

struct scan {
	struct iap_zip *zip;
	struct iap_zip_window *window;
	uint64_t end;
	uint64_t budget; /* bytes that may still be searched: those of torn entries are searched twice */
};

/* The next place at or after `from` where the signature stands; `end` when there is none. */
static enum iap_status
find_signature(struct scan *scan, uint64_t from, uint32_t signature, uint64_t *out,
    struct iap_error *err)
{
	const unsigned char wanted[] = { (unsigned char)signature, (unsigned char)(signature >> 8),
		(unsigned char)(signature >> 16), (unsigned char)(signature >> 24) };

	*out = scan->end;
	while (from < scan->end && scan->end - from >= sizeof wanted) {
		size_t size = scan->end - from < STEP ? (size_t)(scan->end - from) : STEP;
		const unsigned char *bytes, *hit;

		if (iap_zip_look(scan->window, from, size, &bytes, err) != IAP_OK)
			return err->status;
		if (bytes == NULL || size > scan->budget)
			return IAP_OK;
		hit = memmem(bytes, size, wanted, sizeof wanted);
		if (hit != NULL) {
			*out = from + (uint64_t)(hit - bytes);
			scan->budget -= (uint64_t)(hit - bytes);
			return IAP_OK;
		}
		scan->budget -= size;
		from += size - (sizeof wanted - 1);
	}
	return IAP_OK;
}

/* Whether a record of a zip begins at `bytes`, of which `size` are left. */
static bool
is_record(const unsigned char *bytes, uint64_t size)
{
	uint32_t signature = size < 4 ? 0 : iap_zip_u32(bytes);

	return size == 0 || signature == IAP_ZIP_LOCAL || signature == IAP_ZIP_CENTRAL ||
	    signature == IAP_ZIP_END || signature == IAP_ZIP_END64;
}

/* Reads the descriptor at `at` if it is one of `length` bytes; *next is behind it, or 0. */
static enum iap_status
read_descriptor(const struct scan *scan, uint64_t at, uint64_t length,
    struct iap_zip_entry *entry, uint64_t *next, struct iap_error *err)
{
	uint64_t left = scan->end - at;
	size_t size = left < DESCRIPTOR_MAX ? (size_t)left : DESCRIPTOR_MAX;
	const unsigned char *bytes;

	*next = 0;
	if (iap_zip_look(scan->window, at, size, &bytes, err) != IAP_OK)
		return err->status;
	if (bytes == NULL || size < 16)
		return IAP_OK;
	entry->crc = iap_zip_u32(bytes + 4);
	entry->packed = length;
	if (iap_zip_u32(bytes + 8) == length && is_record(bytes + 16, size - 16)) {
		entry->size = iap_zip_u32(bytes + 12);
		*next = at + 16;
	} else if (size >= 24 && iap_zip_u64(bytes + 8) == length &&
	    is_record(bytes + 24, size - 24)) {
		entry->size = iap_zip_u64(bytes + 16);
		*next = at + 24;
	}
	return IAP_OK;
}

/* Where the bytes end that begin at `data`; *next is 0 when that cannot be seen. */
static enum iap_status
find_end(struct scan *scan, uint64_t data, struct iap_zip_entry *entry, uint64_t *next,
    struct iap_error *err)
{
	*next = 0;
	if ((entry->flags & IAP_ZIP_DESCRIBED) == 0) {
		if (data <= scan->end && entry->packed <= scan->end - data)
			*next = data + entry->packed;
		return IAP_OK;
	}
	for (uint64_t at = data; *next == 0; at++) {
		if (find_signature(scan, at, IAP_ZIP_DESCRIPTOR, &at, err) != IAP_OK)
			return err->status;
		if (at >= scan->end)
			return IAP_OK;
		if (read_descriptor(scan, at, at - data, entry, next, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

/* Reads the header at `at`; *name_size is 0 when it is none. */
static enum iap_status
read_header(const struct scan *scan, uint64_t at, struct iap_zip_found *found, char *name,
    uint64_t *data, struct iap_error *err)
{
	const unsigned char *bytes;
	size_t name_size, extra_size;

	*found = (struct iap_zip_found){ .name = name };
	if (iap_zip_look(scan->window, at, IAP_ZIP_LOCAL_SIZE, &bytes, err) != IAP_OK)
		return err->status;
	if (bytes == NULL || iap_zip_u32(bytes) != IAP_ZIP_LOCAL)
		return IAP_OK;
	name_size = iap_zip_u16(bytes + 26);
	extra_size = iap_zip_u16(bytes + 28);
	if (name_size == 0 || name_size > NAME_MAX_SIZE || bytes[5] != 0 || bytes[4] > 63)
		return IAP_OK;
	if (iap_zip_look(scan->window, at, IAP_ZIP_LOCAL_SIZE + name_size + extra_size, &bytes,
	    err) != IAP_OK)
		return err->status;
	if (bytes == NULL)
		return IAP_OK;
	found->entry = (struct iap_zip_entry){
		.at = at,
		.flags = iap_zip_u16(bytes + 6),
		.method = iap_zip_u16(bytes + 8),
		.crc = iap_zip_u32(bytes + 14),
		.packed = iap_zip_u32(bytes + 18),
		.size = iap_zip_u32(bytes + 22),
	};
	found->dos_time = iap_zip_u32(bytes + 10);
	found->name_size = name_size;
	memcpy(name, bytes + IAP_ZIP_LOCAL_SIZE, name_size);
	iap_zip_read_extra(bytes + IAP_ZIP_LOCAL_SIZE + name_size, extra_size, &found->entry.size,
	    &found->entry.packed, NULL, &found->entry.mtime_ns);
	*data = at + IAP_ZIP_LOCAL_SIZE + name_size + extra_size;
	return IAP_OK;
}

/* The entry at `at`, if there is one; *next is where to look further. */
static enum iap_status
scan_entry(struct scan *scan, uint64_t at, uint64_t *next, struct iap_error *err)
{
	char name[NAME_MAX_SIZE + 1] = { 0 };
	struct iap_zip_found found;
	uint64_t data = 0;

	*next = at + 4;
	if (read_header(scan, at, &found, name, &data, err) != IAP_OK)
		return err->status;
	if (found.name_size == 0)
		return IAP_OK;
	if (find_end(scan, data, &found.entry, next, err) != IAP_OK)
		return err->status;
	if (*next != 0)
		return iap_zip_add(scan->zip, &found, err);
	iap_zip_note(scan->zip, name, "damaged", "the zip is torn in the middle of it");
	*next = data;
	return IAP_OK;
}

enum iap_status
iap_zip_scan(struct iap_zip *zip, struct iap_zip_window *window, uint64_t end,
    struct iap_error *err)
{
	struct scan scan = { .zip = zip, .window = window,
		.end = end < IAP_ZIP_SCAN_MAX ? end : IAP_ZIP_SCAN_MAX };
	uint64_t at = 0;

	scan.budget = BUDGET * scan.end + STEP;
	if (scan.end < end)
		iap_zip_note(zip, NULL, "damaged", "only the first %llu bytes were searched",
		    (unsigned long long)scan.end);
	for (;;) {
		if (find_signature(&scan, at, IAP_ZIP_LOCAL, &at, err) != IAP_OK)
			return err->status;
		if (at >= scan.end)
			return IAP_OK;
		if (scan_entry(&scan, at, &at, err) != IAP_OK)
			return err->status;
	}
}
