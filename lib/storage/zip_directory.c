/* SPDX-License-Identifier: Apache-2.0 */
/* The central directory of a zip (APPNOTE 4.3.12 to 4.3.16). */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "storage/zip_parts.h"

/* The end record with the longest comment, and the locator before it. */
enum { TAIL_MAX = IAP_ZIP_END_SIZE + 65535 + IAP_ZIP_LOCATOR_SIZE };

enum { EXTRA_ZIP64 = 0x0001, EXTRA_TIME = 0x5455 };

/* What an end record says. */
struct directory {
	uint64_t at;    /* where the directory stands */
	uint64_t end;
	uint64_t shift; /* what offsets in it lack: bytes that were put before the zip */
	uint64_t count;
};

void
iap_zip_read_extra(const unsigned char *extra, size_t size, uint64_t *unpacked,
    uint64_t *packed, uint64_t *at, int64_t *mtime_ns)
{
	while (size >= 4) {
		size_t length = iap_zip_u16(extra + 2);
		const unsigned char *value = extra + 4, *end = value + length;
		uint64_t *const wide[] = { unpacked, packed, at };

		if (length > size - 4)
			return;
		for (size_t i = 0; i < IAP_LENGTH(wide) && iap_zip_u16(extra) == EXTRA_ZIP64; i++)
			if (wide[i] != NULL && *wide[i] == UINT32_MAX && end - value >= 8) {
				*wide[i] = iap_zip_u64(value);
				value += 8;
			}
		if (iap_zip_u16(extra) == EXTRA_TIME && length >= 5 && (value[0] & 1) != 0)
			*mtime_ns = (int64_t)(int32_t)iap_zip_u32(value + 1) * 1000000000;
		extra = end;
		size -= 4 + length;
	}
}

/* The record for directories above 2^32 or 65535 entries, when there is one. */
static enum iap_status
read_end64(struct iap_zip_window *window, uint64_t end_at, struct directory *out,
    uint64_t *size, uint64_t *offset, struct iap_error *err)
{
	const unsigned char *bytes;
	uint64_t at[2];

	if (end_at < IAP_ZIP_LOCATOR_SIZE + IAP_ZIP_END64_SIZE)
		return IAP_OK;
	if (iap_zip_look(window, end_at - IAP_ZIP_LOCATOR_SIZE, IAP_ZIP_LOCATOR_SIZE, &bytes,
	    err) != IAP_OK)
		return err->status;
	if (bytes == NULL || iap_zip_u32(bytes) != IAP_ZIP_LOCATOR)
		return IAP_OK;
	/* Where it says; behind bytes that were put before the zip, right before the locator. */
	at[0] = iap_zip_u64(bytes + 8);
	at[1] = end_at - IAP_ZIP_LOCATOR_SIZE - IAP_ZIP_END64_SIZE;
	for (size_t i = 0; i < IAP_LENGTH(at); i++) {
		if (iap_zip_look(window, at[i], IAP_ZIP_END64_SIZE, &bytes, err) != IAP_OK)
			return err->status;
		if (bytes == NULL || iap_zip_u32(bytes) != IAP_ZIP_END64)
			continue;
		out->end = at[i];
		out->count = iap_zip_u64(bytes + 32);
		*size = iap_zip_u64(bytes + 40);
		*offset = iap_zip_u64(bytes + 48);
		break;
	}
	return IAP_OK;
}

static enum iap_status
begins_directory(struct iap_zip_window *window, uint64_t at, uint64_t size, bool *out,
    struct iap_error *err)
{
	const unsigned char *bytes;

	*out = size == 0;
	if (size < IAP_ZIP_CENTRAL_SIZE)
		return IAP_OK;
	if (iap_zip_look(window, at, 4, &bytes, err) != IAP_OK)
		return err->status;
	*out = bytes != NULL && iap_zip_u32(bytes) == IAP_ZIP_CENTRAL;
	return IAP_OK;
}

/* Whether the end record `record`, which stands at `at`, leads to a directory. */
static enum iap_status
locate(struct iap_zip_window *window, const unsigned char *record, uint64_t at,
    struct directory *out, bool *found, struct iap_error *err)
{
	uint64_t size = iap_zip_u32(record + 12), offset = iap_zip_u32(record + 16);

	*found = false;
	*out = (struct directory){ .end = at, .count = iap_zip_u16(record + 10) };
	if ((out->count == UINT16_MAX || size == UINT32_MAX || offset == UINT32_MAX) &&
	    read_end64(window, at, out, &size, &offset, err) != IAP_OK)
		return err->status;
	if (size > out->end)
		return IAP_OK;
	out->at = out->end - size;
	/* Info-ZIP promises a zip64 record that it does not write (zip 3.0, -fz to a pipe). */
	offset = offset == UINT32_MAX ? out->at : offset;
	if (begins_directory(window, out->at, size, found, err) != IAP_OK)
		return err->status;
	/* Something may stand between the directory and its end record. */
	if (!*found && offset < out->end && size <= out->end - offset) {
		out->at = offset;
		out->end = offset + size;
		if (begins_directory(window, out->at, size, found, err) != IAP_OK)
			return err->status;
	}
	*found = *found && out->at >= offset;
	out->shift = out->at - offset;
	if (*found && (out->count > IAP_ZIP_ENTRIES_MAX || size > IAP_ZIP_DIRECTORY_MAX))
		return iap_error_set(err, IAP_INVALID, "the zip has %llu entries, more than %d",
		    (unsigned long long)out->count, IAP_ZIP_ENTRIES_MAX);
	return IAP_OK;
}

/* The last end record before `end` that leads to a directory. */
static enum iap_status
find_directory(struct iap_zip_window *window, uint64_t end, struct directory *out,
    bool *found, struct iap_error *err)
{
	size_t size = end < TAIL_MAX ? (size_t)end : TAIL_MAX;
	unsigned char *tail = malloc(size + 1);
	const unsigned char *bytes;
	enum iap_status status;

	if (tail == NULL)
		iap_log_die("out of memory");
	*found = false;
	status = iap_zip_look(window, end - size, size, &bytes, err);
	if (status == IAP_OK && bytes != NULL) {
		memcpy(tail, bytes, size);
		for (size_t i = size; i-- > 0 && !*found && status == IAP_OK;)
			if (size - i >= IAP_ZIP_END_SIZE && iap_zip_u32(tail + i) == IAP_ZIP_END &&
			    iap_zip_u16(tail + i + 20) <= size - i - IAP_ZIP_END_SIZE)
				status = locate(window, tail + i, end - size + i, out, found, err);
	}
	free(tail);
	return status;
}

static void
read_record(const struct directory *directory, const unsigned char *bytes,
    struct iap_zip_found *out)
{
	size_t name_size = iap_zip_u16(bytes + 28), extra_size = iap_zip_u16(bytes + 30);

	*out = (struct iap_zip_found){
		.entry = {
			.at = iap_zip_u32(bytes + 42),
			.packed = iap_zip_u32(bytes + 20),
			.size = iap_zip_u32(bytes + 24),
			.crc = iap_zip_u32(bytes + 16),
			.method = iap_zip_u16(bytes + 10),
			.flags = iap_zip_u16(bytes + 8),
		},
		.name = (const char *)bytes + IAP_ZIP_CENTRAL_SIZE,
		.name_size = name_size,
		.host = bytes[5],
		.attributes = iap_zip_u32(bytes + 38),
		.dos_time = iap_zip_u32(bytes + 12),
	};
	iap_zip_read_extra(bytes + IAP_ZIP_CENTRAL_SIZE + name_size, extra_size, &out->entry.size,
	    &out->entry.packed, &out->entry.at, &out->entry.mtime_ns);
	if (out->entry.at > UINT64_MAX - directory->shift)
		out->entry.at = UINT64_MAX;
	else
		out->entry.at += directory->shift;
}

/* Whether header, name and bytes of the entry lie before the directory. */
static bool
lies_before(const struct iap_zip_found *found, uint64_t end)
{
	uint64_t head = IAP_ZIP_LOCAL_SIZE + found->name_size;

	return found->entry.at < end && end - found->entry.at >= head &&
	    found->entry.packed <= end - found->entry.at - head;
}

/* All records; *whole is false when one of them is none. */
static enum iap_status
read_records(struct iap_zip *zip, struct iap_zip_window *window,
    const struct directory *directory, uint64_t *begin, bool *whole, struct iap_error *err)
{
	*whole = false;
	for (uint64_t at = directory->at; at < directory->end;) {
		const unsigned char *bytes;
		struct iap_zip_found found;
		size_t length;

		if (iap_zip_look(window, at, IAP_ZIP_CENTRAL_SIZE, &bytes, err) != IAP_OK)
			return err->status;
		if (bytes == NULL || iap_zip_u32(bytes) != IAP_ZIP_CENTRAL)
			return IAP_OK;
		length = (size_t)IAP_ZIP_CENTRAL_SIZE + iap_zip_u16(bytes + 28) +
		    iap_zip_u16(bytes + 30) + iap_zip_u16(bytes + 32);
		if (iap_zip_look(window, at, length, &bytes, err) != IAP_OK)
			return err->status;
		if (bytes == NULL || length > directory->end - at)
			return IAP_OK;
		read_record(directory, bytes, &found);
		if (!lies_before(&found, directory->at))
			return IAP_OK;
		if (iap_zip_add(zip, &found, err) != IAP_OK)
			return err->status;
		if (found.entry.at < *begin)
			*begin = found.entry.at;
		at += length;
	}
	*whole = true;
	return IAP_OK;
}

enum iap_status
iap_zip_read_directory(struct iap_zip *zip, struct iap_zip_window *window, uint64_t end,
    uint64_t *begin_out, struct iap_error *err)
{
	struct directory directory;
	size_t count = zip->count;
	bool found, whole;

	*begin_out = end;
	if (find_directory(window, end, &directory, &found, err) != IAP_OK)
		return err->status;
	if (!found)
		return IAP_OK;
	*begin_out = directory.at;
	if (read_records(zip, window, &directory, begin_out, &whole, err) != IAP_OK)
		return err->status;
	if (!whole) {
		iap_zip_cut(zip, count);
		*begin_out = end;
	}
	return IAP_OK;
}
