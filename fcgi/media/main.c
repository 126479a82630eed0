/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iap-media: bytes of media, decrypted as they are asked for. It knows storage
 * and private keys, and no database; what it may deliver is in the ticket that
 * iap-web signed. The socket that listens is file descriptor 0.
 *
 *   iap-media --config FILE          one request at a time, one bounded range each
 *   iap-media --whole --config FILE  32 threads, whole files as streams
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "conf/options.h"
#include "conf/settings.h"
#include "crypto/hash.h"
#include "media/deliver.h"
#include "media/slot.h"

enum { STREAMS = 32, STACK = 256 * 1024, DRAIN_MS = 25000, ARENA = 16 << 20 };

static const char usage[] =
    "usage: iap-media [--whole] [--config FILE]\n"
    "Answers nginx on file descriptor 0 with media, decrypted by range.\n"
    "  --whole   the pool of whole files: many streams at once\n";

/* Nothing of this process is to be written to a disk or read by a neighbour. */
static void
hide_memory(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

static void
do_nothing(int number)
{
	(void)number;
}

/* What a thread that answers needs; the signals that end go to the watching thread. */
static void
choose_signals(sigset_t *ends)
{
	struct sigaction wake = { .sa_handler = do_nothing };

	sigemptyset(ends);
	sigaddset(ends, SIGTERM);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
	/* No SA_RESTART: it gets a thread out of waiting for a request. */
	sigaction(SIGUSR2, &wake, NULL);
}

/* One slot's work, and for which slots. */
struct work {
	struct iap_slots *slots;
	struct iap_slot *slot;
};

static void *
serve(void *told)
{
	const struct work *work = told;
	struct iap_slot *slot = work->slot;

	while (!atomic_load(&work->slots->is_stopping)) {
		if (!iap_exchange_accept(slot->exchange)) {
			/* A signal, a broken peer, or no socket: never in a tight loop. */
			nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
			continue;
		}
		atomic_store(&slot->is_busy, true);
		iap_deliver(work->slots, slot);
		iap_exchange_finish(slot->exchange);
		iap_arena_reset(slot->arena);
		atomic_store(&slot->is_busy, false);
	}
	return NULL;
}

/* Lets what is being answered come to its end, for a while; then breaks it off. */
static void
drain(struct iap_slots *slots, const pthread_t *threads)
{
	int64_t until = iap_clock_ticks_ms() + DRAIN_MS;
	bool any = true;

	atomic_store(&slots->is_stopping, true);
	while (any) {
		any = false;
		for (size_t i = 0; i < slots->count; i++) {
			if (pthread_tryjoin_np(threads[i], NULL) == EBUSY)
				any = true;
			else
				continue;
			if (!atomic_load(&slots->slots[i].is_busy))
				pthread_kill(threads[i], SIGUSR2);
			else if (iap_clock_ticks_ms() > until)
				iap_exchange_break(slots->slots[i].exchange);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
}

static void
watch_until_the_end(struct iap_slots *slots, const sigset_t *ends)
{
	const struct timespec second = { .tv_sec = 1 };

	while (sigtimedwait(ends, NULL, &second) < 0)
		iap_slots_watch(slots, iap_clock_ticks_ms());
}

/* Starts one thread a slot and stays until a signal ends all. */
static void
run(struct iap_slots *slots, const sigset_t *ends)
{
	struct work *work = calloc(slots->count, sizeof *work);
	pthread_t *threads = calloc(slots->count, sizeof *threads);
	pthread_attr_t attributes;

	if (work == NULL || threads == NULL)
		iap_log_die("out of memory");
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	for (size_t i = 0; i < slots->count; i++) {
		work[i] = (struct work){ .slots = slots, .slot = &slots->slots[i] };
		if (pthread_create(&threads[i], &attributes, serve, &work[i]) != 0)
			iap_log_die("no thread can be started");
	}
	pthread_attr_destroy(&attributes);
	watch_until_the_end(slots, ends);
	drain(slots, threads);
	free(threads);
	free(work);
}

static enum iap_status
load_passphrase(struct iap_arena *arena, const struct iap_settings *settings, char **out,
    struct iap_error *err)
{
	*out = NULL;
	if (settings->media_keys_passphrase_file == NULL)
		return IAP_OK;
	return iap_file_load_secret(arena, settings->media_keys_passphrase_file, out, err);
}

static enum iap_status
start(const char *config, bool whole, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA);
	struct iap_slots slots = { .count = whole ? STREAMS : 1 };
	struct iap_settings settings;
	struct iap_ticket_key key;
	char *passphrase;
	sigset_t ends;

	if (iap_settings_load(arena, config, &settings, err) != IAP_OK ||
	    iap_ticket_key_load(settings.media_ticket_key_file, &key, err) != IAP_OK ||
	    load_passphrase(arena, &settings, &passphrase, err) != IAP_OK)
		return err->status;
	iap_exchange_start();
	choose_signals(&ends);
	slots.slots = calloc(slots.count, sizeof *slots.slots);
	if (slots.slots == NULL)
		iap_log_die("out of memory");
	for (size_t i = 0; i < slots.count; i++)
		iap_slot_begin(&slots.slots[i], &settings, &key, passphrase, whole);
	if (passphrase != NULL)
		iap_secret_wipe(passphrase, strlen(passphrase));
	run(&slots, &ends);
	for (size_t i = 0; i < slots.count; i++)
		iap_slot_end(&slots.slots[i]);
	free(slots.slots);
	iap_ticket_key_wipe(&key);
	return IAP_OK;
}

static bool
is_listening_socket(int fd)
{
	int listens = 0;
	socklen_t size = sizeof listens;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

int
main(int argc, char **argv)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_arguments arguments = iap_arguments_open(argc, argv);
	struct iap_options_common common = { 0 };
	struct iap_option_list words = { 0 };
	struct iap_error err = { 0 };
	bool whole = false;
	const struct iap_option options[] = {
		{ .name = "whole", .type = IAP_OPTION_FLAG, .to.flag = &whole },
	};

	hide_memory();
	if (iap_options_parse(arena, &arguments, options, IAP_LENGTH(options), &common, &words,
	    &err) != IAP_OK || words.count != 0) {
		fprintf(stderr, "iap-media: %s\n%s", words.count != 0 ? "takes no words"
		    : err.detail, usage);
		return 2;
	}
	if (common.help || common.version) {
		fputs(common.help ? usage : "iap-media " PACKAGE_VERSION "\n", stdout);
		return 0;
	}
	if (!is_listening_socket(0)) {
		fprintf(stderr, "iap-media: file descriptor 0 is not a socket that listens; "
		    "start it by spawn-fcgi or systemd\n");
		return 1;
	}
	if (start(common.config, whole, &err) != IAP_OK) {
		iap_log_error("iap-media does not start cause=%s", err.detail);
		return 1;
	}
	return 0;
}
