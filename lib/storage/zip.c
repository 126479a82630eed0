/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a zip's entries: what is taken into it, its limits, and questions to it. */
#include "storage/zip.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "storage/zip_parts.h"

/* Zips put one behind the other in one file. */
enum { JOINED_MAX = 64 };

enum { NOTE_ARENA = 1024 * 1024, DETAIL_MAX = 300 };

/* Systems that made an entry (APPNOTE 4.4.2), and what Unix calls a link or device. */
enum { HOST_DOS = 0, HOST_UNIX = 3, HOST_NTFS = 10, HOST_VFAT = 14 };
enum { UNIX_TYPE = 0170000, UNIX_FILE = 0100000 };

static void *
grow(void *items, size_t *capacity, size_t wanted, size_t size)
{
	void *grown = items;

	if (wanted > *capacity) {
		*capacity = wanted > 2 * *capacity ? wanted : 2 * *capacity;
		grown = realloc(items, *capacity * size);
		if (grown == NULL)
			iap_log_die("out of memory");
	}
	return grown;
}

static struct iap_zip *
new_zip(void)
{
	struct iap_zip *zip = calloc(1, sizeof *zip);

	if (zip == NULL)
		iap_log_die("out of memory");
	atomic_init(&zip->users, 1);
	zip->arena = iap_arena_new(NOTE_ARENA);
	return zip;
}

struct iap_zip *
iap_zip_share(struct iap_zip *zip)
{
	atomic_fetch_add(&zip->users, 1);
	return zip;
}

void
iap_zip_close(struct iap_zip **zip)
{
	if (*zip != NULL && atomic_fetch_sub(&(*zip)->users, 1) == 1) {
		iap_arena_free(&(*zip)->arena);
		free((*zip)->entries);
		free((*zip)->names);
		free(*zip);
	}
	*zip = NULL;
}

size_t
iap_zip_weight(const struct iap_zip *zip)
{
	return sizeof *zip + zip->capacity * sizeof *zip->entries + zip->names_capacity;
}

size_t
iap_zip_count(const struct iap_zip *zip)
{
	return zip->count;
}

const struct iap_zip_note *
iap_zip_notes(const struct iap_zip *zip, size_t *count_out)
{
	*count_out = zip->note_count;
	return zip->notes;
}

const char *
iap_zip_name(const struct iap_zip *zip, const struct iap_zip_entry *entry)
{
	return zip->names + entry->name;
}

void
iap_zip_note(struct iap_zip *zip, const char *name, const char *cause, const char *format, ...)
{
	char detail[DETAIL_MAX];
	va_list values;

	if (zip->note_count == IAP_ZIP_NOTES_MAX)
		return;
	va_start(values, format);
	vsnprintf(detail, sizeof detail, format, values);
	va_end(values);
	zip->notes[zip->note_count++] = (struct iap_zip_note){
		.entry = iap_arena_copy(zip->arena, name),
		.cause = cause,
		.detail = iap_arena_copy(zip->arena, detail),
	};
}

void
iap_zip_cut(struct iap_zip *zip, size_t count)
{
	zip->count = count;
}

enum iap_status
iap_zip_look(struct iap_zip_window *window, uint64_t at, size_t size,
    const unsigned char **out, struct iap_error *err)
{
	uint64_t whole = window->archive->size;
	uint64_t from = whole <= IAP_ZIP_WINDOW ? 0 : at;

	*out = NULL;
	if (at > whole || size > whole - at || size > IAP_ZIP_WINDOW)
		return IAP_OK;
	if (at < window->at || at - window->at > window->size ||
	    size > window->size - (size_t)(at - window->at)) {
		size_t wanted = whole - from < IAP_ZIP_WINDOW ? (size_t)(whole - from) :
		    IAP_ZIP_WINDOW;

		window->size = 0;
		window->at = from;
		if (iap_reader_read_at(window->archive, from, window->bytes, wanted,
		    &window->size, err) != IAP_OK)
			return err->status;
		if (at - from > window->size || size > window->size - (size_t)(at - from))
			return IAP_OK;
	}
	*out = window->bytes + (at - window->at);
	return IAP_OK;
}

/* MS-DOS has the years since 1980 and two seconds a step (APPNOTE 4.4.6); taken as UTC. */
static int64_t
dos_time_ns(uint32_t stamp)
{
	struct tm tm = {
		.tm_year = (int)(stamp >> 25) + 80,
		.tm_mon = (int)(stamp >> 21 & 15) - 1,
		.tm_mday = (int)(stamp >> 16 & 31),
		.tm_hour = (int)(stamp >> 11 & 31),
		.tm_min = (int)(stamp >> 5 & 63),
		.tm_sec = (int)(stamp & 31) * 2,
	};

	return (int64_t)timegm(&tm) * 1000000000;
}

/* The name with slashes, behind the others; NULL when it is not one to be read. */
static const char *
take_name(struct iap_zip *zip, const struct iap_zip_found *found)
{
	bool is_dos = found->host == HOST_DOS || found->host == HOST_NTFS ||
	    found->host == HOST_VFAT;
	const char *from = found->name;
	size_t size = found->name_size;
	char *name;

	while (size > 2 && from[0] == '.' && from[1] == '/') {
		from += 2;
		size -= 2;
	}
	zip->names = grow(zip->names, &zip->names_capacity, zip->names_size + size + 1, 1);
	name = zip->names + zip->names_size;
	memcpy(name, from, size);
	name[size] = '\0';
	if (is_dos && memchr(name, '/', size) == NULL)
		for (size_t i = 0; i < size; i++)
			name[i] = name[i] == '\\' ? '/' : name[i];
	if (strlen(name) != size || !iap_storage_key_check(name) || (is_dos && strchr(name, ':') != NULL))
		return NULL;
	return name;
}

/* Whether it is a file, as far as the zip says. */
static bool
is_file(const struct iap_zip_found *found)
{
	uint32_t type = found->attributes >> 16 & UNIX_TYPE;

	return found->host != HOST_UNIX || type == 0 || type == UNIX_FILE;
}

enum iap_status
iap_zip_add(struct iap_zip *zip, const struct iap_zip_found *found, struct iap_error *err)
{
	struct iap_zip_entry entry = found->entry;
	const char *name;

	if (++zip->records > IAP_ZIP_ENTRIES_MAX)
		return iap_error_set(err, IAP_INVALID, "the zip has more than %d entries",
		    IAP_ZIP_ENTRIES_MAX);
	if (zip->names_size + found->name_size > IAP_ZIP_NAMES_MAX)
		return iap_error_set(err, IAP_INVALID,
		    "the names in the zip have more than %d bytes", IAP_ZIP_NAMES_MAX);
	if (found->name_size != 0 && found->name[found->name_size - 1] == '/')
		return IAP_OK;
	name = is_file(found) ? take_name(zip, found) : NULL;
	if (name == NULL) {
		zip->skipped++;
		return IAP_OK;
	}
	if (entry.mtime_ns == 0)
		entry.mtime_ns = dos_time_ns(found->dos_time);
	entry.mtime_ns += entry.crc % 1000000000;
	entry.name = (uint32_t)zip->names_size;
	zip->names_size += strlen(name) + 1;
	zip->entries = grow(zip->entries, &zip->capacity, zip->count + 1, sizeof *zip->entries);
	zip->entries[zip->count++] = entry;
	return IAP_OK;
}

static int
by_place(const void *a, const void *b)
{
	const struct iap_zip_entry *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* The last one in the file first among those of one name. */
static int
by_name(const void *a, const void *b, void *names)
{
	const struct iap_zip_entry *x = a, *y = b;
	int order = strcmp((char *)names + x->name, (char *)names + y->name);

	return order != 0 ? order : by_place(b, a);
}

/* Nothing is unpacked twice, nor more than is sane. */
static enum iap_status
check_bytes(struct iap_zip *zip, uint64_t archive_size, struct iap_error *err)
{
	uint64_t total = 0;

	if (zip->count != 0)
		qsort(zip->entries, zip->count, sizeof *zip->entries, by_place);
	for (size_t i = 0; i < zip->count; i++) {
		const struct iap_zip_entry *entry = &zip->entries[i];
		uint64_t end = entry->at + IAP_ZIP_LOCAL_SIZE + strlen(iap_zip_name(zip, entry)) +
		    entry->packed;

		if (i + 1 < zip->count && zip->entries[i + 1].at < end)
			return iap_error_set(err, IAP_INVALID, "entries of the zip overlap");
		if (entry->size > IAP_ZIP_BYTES_MAX || (total += entry->size) > IAP_ZIP_BYTES_MAX)
			return iap_error_set(err, IAP_INVALID,
			    "the zip unpacks to more than %llu bytes",
			    (unsigned long long)IAP_ZIP_BYTES_MAX);
	}
	if (total > IAP_ZIP_RATIO_FREE && total / IAP_ZIP_RATIO_MAX > archive_size)
		return iap_error_set(err, IAP_INVALID,
		    "the zip unpacks to more than %d times its size", IAP_ZIP_RATIO_MAX);
	return IAP_OK;
}

/* Orders by name; of several entries of one name the last in the file counts. */
static void
settle_names(struct iap_zip *zip)
{
	size_t kept = 0;

	if (zip->count != 0)
		qsort_r(zip->entries, zip->count, sizeof *zip->entries, by_name, zip->names);
	for (size_t i = 0; i < zip->count; i++) {
		const struct iap_zip_entry *last = kept == 0 ? NULL : &zip->entries[kept - 1];
		const char *name = iap_zip_name(zip, &zip->entries[i]);

		if (last == NULL || strcmp(iap_zip_name(zip, last), name) != 0)
			zip->entries[kept++] = zip->entries[i];
		else if (last->crc != zip->entries[i].crc || last->size != zip->entries[i].size)
			iap_zip_note(zip, name, "damaged",
			    "the zip holds another entry of this name, which cannot be told apart");
	}
	zip->count = kept;
}

static enum iap_status
read_joined(struct iap_zip *zip, struct iap_zip_window *window, struct iap_error *err)
{
	uint64_t end = window->archive->size, begin = end;
	const unsigned char *bytes;
	size_t zips = 0;

	for (; zips < JOINED_MAX && end >= IAP_ZIP_END_SIZE; zips++, end = begin) {
		if (iap_zip_read_directory(zip, window, end, &begin, err) != IAP_OK)
			return err->status;
		if (begin == end)
			break;
	}
	if (iap_zip_look(window, 0, 4, &bytes, err) != IAP_OK)
		return err->status;
	/* What is left at the front may be a program that unpacks the rest. */
	if (end == 0 || bytes == NULL || (zips != 0 && iap_zip_u32(bytes) != IAP_ZIP_LOCAL)) {
		if (zips > 1)
			iap_zip_note(zip, NULL, "damaged",
			    "%zu zips are joined in this file; all were read", zips);
		return IAP_OK;
	}
	if (zips == 0 && iap_zip_u32(bytes) != IAP_ZIP_LOCAL)
		return iap_error_set(err, IAP_CORRUPT, "not a zip: neither its first nor its last bytes");
	if (iap_zip_scan(zip, window, end, err) != IAP_OK)
		return err->status;
	iap_zip_note(zip, NULL, "damaged", "the zip is torn: no directory of its first %llu bytes;"
	    " entries that are whole were read", (unsigned long long)end);
	return IAP_OK;
}

enum iap_status
iap_zip_open(struct iap_reader *archive, struct iap_zip **out, struct iap_error *err)
{
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = new_zip();
	struct iap_zip_window window = { .archive = archive };
	enum iap_status status;

	if (archive->size == 0)
		return iap_error_set(err, IAP_CORRUPT, "not a zip: no bytes");
	window.bytes = malloc(archive->size < IAP_ZIP_WINDOW ? archive->size : IAP_ZIP_WINDOW);
	if (window.bytes == NULL)
		iap_log_die("out of memory");
	status = read_joined(zip, &window, err);
	free(window.bytes);
	if (status != IAP_OK || check_bytes(zip, archive->size, err) != IAP_OK)
		return err->status;
	settle_names(zip);
	*out = zip;
	zip = NULL;
	return IAP_OK;
}

/* The first entry whose name is not before `name`. */
static size_t
lower_bound(const struct iap_zip *zip, const char *name)
{
	size_t low = 0, high = zip->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(iap_zip_name(zip, &zip->entries[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct iap_zip_entry *
iap_zip_find(const struct iap_zip *zip, const char *name)
{
	size_t i = lower_bound(zip, name);

	return i < zip->count && strcmp(iap_zip_name(zip, &zip->entries[i]), name) == 0 ?
	    &zip->entries[i] : NULL;
}

static int
by_listed_name(const void *a, const void *b)
{
	return strcmp(((const struct iap_storage_entry *)a)->name,
	    ((const struct iap_storage_entry *)b)->name);
}

/* Behind all entries below the directory `path`, whose name ends with a slash. */
static size_t
behind(const struct iap_zip *zip, struct iap_arena *arena, const char *path)
{
	char *next = iap_arena_copy(arena, path);

	next[strlen(next) - 1] = '/' + 1;
	return lower_bound(zip, next);
}

enum iap_status
iap_zip_list(const struct iap_zip *zip, struct iap_arena *arena, const char *dir,
    struct iap_storage_page *out, struct iap_error *err)
{
	const char *prefix = *dir == '\0' ? "" : iap_arena_format(arena, "%s/", dir);
	size_t length = strlen(prefix), at = lower_bound(zip, prefix);
	size_t end = length == 0 ? zip->count : behind(zip, arena, prefix);
	struct iap_storage_entry *entries = iap_arena_array(arena, end - at + 1, sizeof *entries);

	*out = (struct iap_storage_page){ .entries = entries };
	if (at >= end && length != 0)
		return iap_error_set(err, IAP_NOT_FOUND, "no such directory in the zip");
	out->skipped = length == 0 ? zip->skipped : 0;
	while (at < end) {
		const struct iap_zip_entry *entry = &zip->entries[at];
		const char *name = iap_zip_name(zip, entry) + length;
		size_t part = strcspn(name, "/");

		entries[out->count] = (struct iap_storage_entry){
			.name = iap_arena_copy_bytes(arena, name, part),
			.directory = name[part] == '/',
			.size = name[part] == '/' ? 0 : entry->size,
			.mtime_ns = entry->mtime_ns,
		};
		if (name[part] == '/')
			at = behind(zip, arena, iap_arena_format(arena, "%s%s/", prefix,
			    entries[out->count].name));
		else
			at++;
		out->count++;
	}
	if (out->count > 1)
		qsort(entries, out->count, sizeof *entries, by_listed_name);
	return IAP_OK;
}
