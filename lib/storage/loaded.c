/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/loaded.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct loaded {
	struct iap_reader reader;
	struct iap_storage *storage;
	const struct iap_storage_load *load;
	struct iap_reader *object; /* NULL until it is needed */
};

static enum iap_status
loaded_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct loaded *loaded = (struct loaded *)reader;
	const struct iap_storage_load *load = loaded->load;

	if (offset < load->size) {
		*got = load->size - (size_t)offset < size ? load->size - (size_t)offset : size;
		memcpy(bytes, load->bytes + offset, *got);
		return IAP_OK;
	}
	if (loaded->object == NULL &&
	    iap_storage_read(loaded->storage, load->key, &loaded->object, err) != IAP_OK)
		return err->status;
	if (loaded->object->size != reader->size || loaded->object->mtime_ns != reader->mtime_ns)
		return iap_error_set(err, IAP_UNAVAILABLE, "%.200s changed while it was read", load->key);
	return iap_reader_read_at(loaded->object, offset, bytes, size, got, err);
}

static void
loaded_close(struct iap_reader *reader)
{
	iap_reader_close(&((struct loaded *)reader)->object);
	free(reader);
}

static const struct iap_reader_ops loaded_ops = {
	.read_at = loaded_read_at,
	.close = loaded_close,
};

struct iap_reader *
iap_reader_open_loaded(struct iap_storage *storage, const struct iap_storage_load *load)
{
	struct loaded *loaded = calloc(1, sizeof *loaded);

	if (loaded == NULL)
		iap_log_die("out of memory");
	loaded->reader.ops = &loaded_ops;
	loaded->reader.size = load->whole;
	loaded->reader.mtime_ns = load->mtime_ns;
	loaded->storage = storage;
	loaded->load = load;
	return &loaded->reader;
}
