/* SPDX-License-Identifier: Apache-2.0 */
#include "media/hashed.h"

#include <stdlib.h>

#include "base/log.h"

/* Headers between parts are small; a farther jump is a look at the end. */
enum { STEP = 16384, GAP_MAX = 65536 };

struct iap_hashed {
	struct iap_reader reader;
	struct iap_reader *object;
	struct iap_hash *hash;
	uint64_t done; /* bytes from the beginning on that are hashed */
};

/* Hashes up to `end` what was not asked for. */
static enum iap_status
catch_up(struct iap_hashed *hashed, uint64_t end, struct iap_error *err)
{
	unsigned char bytes[STEP];
	size_t got;

	while (hashed->done < end) {
		size_t size = end - hashed->done < STEP ? (size_t)(end - hashed->done) : STEP;

		if (iap_reader_read_at(hashed->object, hashed->done, bytes, size, &got, err) != IAP_OK)
			return err->status;
		if (got == 0)
			return iap_error_set(err, IAP_CORRUPT, "the object has shrunk");
		iap_hash_add(hashed->hash, bytes, got);
		hashed->done += got;
	}
	return IAP_OK;
}

static enum iap_status
hashed_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size, size_t *got,
    struct iap_error *err)
{
	struct iap_hashed *hashed = (struct iap_hashed *)reader;

	if (offset > hashed->done && offset - hashed->done <= GAP_MAX &&
	    catch_up(hashed, offset, err) != IAP_OK)
		return err->status;
	if (iap_reader_read_at(hashed->object, offset, bytes, size, got, err) != IAP_OK)
		return err->status;
	if (offset <= hashed->done && offset + *got > hashed->done) {
		size_t known = (size_t)(hashed->done - offset);

		iap_hash_add(hashed->hash, (const unsigned char *)bytes + known, *got - known);
		hashed->done = offset + *got;
	}
	return IAP_OK;
}

static void
hashed_close(struct iap_reader *reader)
{
	struct iap_hashed *hashed = (struct iap_hashed *)reader;

	iap_hash_close(&hashed->hash);
	iap_reader_close(&hashed->object);
	free(hashed);
}

static const struct iap_reader_ops hashed_ops = {
	.read_at = hashed_read_at,
	.close = hashed_close,
};

struct iap_hashed *
iap_hashed_open(struct iap_reader **object, struct iap_reader **stream_out)
{
	struct iap_hashed *hashed = calloc(1, sizeof *hashed);

	if (hashed == NULL)
		iap_log_die("out of memory");
	hashed->reader.ops = &hashed_ops;
	hashed->reader.size = (*object)->size;
	hashed->reader.mtime_ns = (*object)->mtime_ns;
	hashed->hash = iap_hash_open();
	hashed->object = *object;
	*object = NULL;
	*stream_out = &hashed->reader;
	return hashed;
}

enum iap_status
iap_hashed_end(struct iap_hashed *hashed, unsigned char sha256[IAP_SHA256_SIZE],
    struct iap_error *err)
{
	if (catch_up(hashed, hashed->reader.size, err) != IAP_OK)
		return err->status;
	iap_hash_end(hashed->hash, sha256);
	return IAP_OK;
}
