/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many files at once. A disk that has to fetch a file from its platters or
 * over a network answers many questions in the time of one, but a thread can
 * ask only one.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "storage/backend.h"

/* A few files are read sooner than threads are made. */
enum { THREADS_MAX = 16, EACH_LEAST = 4 };

struct work {
	struct iap_storage *storage;
	struct iap_storage_load *loads;
	struct iap_error *errs;
	size_t count;
	atomic_size_t next;
};

static enum iap_status
load_one(struct iap_storage *storage, struct iap_storage_load *load, struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;

	if (load->wanted == 0)
		return IAP_OK;
	if (storage->ops->read(storage, load->key, &reader, err) != IAP_OK)
		return err->status;
	load->whole = reader->size;
	load->mtime_ns = reader->mtime_ns;
	return iap_reader_read_at(reader, 0, load->bytes, load->wanted, &load->size, err);
}

static void *
run(void *context)
{
	struct work *work = context;

	for (;;) {
		size_t i = atomic_fetch_add(&work->next, 1);

		if (i >= work->count)
			return NULL;
		if (work->loads[i].status == IAP_OK)
			work->loads[i].status = load_one(work->storage, &work->loads[i], &work->errs[i]);
	}
}

void
iap_storage_load_by_threads(struct iap_storage *storage, struct iap_storage_load *loads,
    struct iap_error *errs, size_t count, size_t in_flight)
{
	struct work work = { .storage = storage, .loads = loads, .errs = errs, .count = count };
	pthread_t threads[THREADS_MAX];
	size_t wanted = in_flight < count / EACH_LEAST ? in_flight : count / EACH_LEAST, started = 0;

	/* This thread works too; without others it does all of it. */
	while (started + 1 < wanted && started < THREADS_MAX &&
	    pthread_create(&threads[started], NULL, run, &work) == 0)
		started++;
	run(&work);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}
