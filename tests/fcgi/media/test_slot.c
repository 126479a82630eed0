/* SPDX-License-Identifier: Apache-2.0 */
/* What is broken off and what is not, by a clock of the test's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "media/slot.h"
#include "tests/fcgi/media/client.h"

enum { STEP_MS = 31000, PIECE = 16384 };

/* A stream to somebody who reads all, in one process. */
struct scene {
	char folder[64];
	struct program program; /* only where it listens */
	int listening;
	int peer;
	pthread_t reader;
	struct iap_settings settings;
	struct iap_slot slot;
	struct iap_slots slots;
	int64_t now_ms;
};

static void *
read_all(void *told)
{
	char bytes[PIECE];

	while (read(*(int *)told, bytes, sizeof bytes) > 0)
		;
	return NULL;
}

static void
begin(struct scene *scene)
{
	static const struct param params[] = { { "REQUEST_METHOD", "GET" }, { NULL, NULL } };
	static const unsigned char session[IAP_TICKET_SESSION_SIZE] = { 1 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*scene = (struct scene){ .folder = "/tmp/iap-slot-XXXXXX", .now_ms = 1000 };
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->program.socket, sizeof scene->program.socket, "%s/s", scene->folder);
	memcpy(address.sun_path, scene->program.socket, sizeof scene->program.socket);
	scene->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(scene->listening, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(scene->listening, 1), 0);
	scene->peer = program_connect(&scene->program);
	program_ask(scene->peer, params);
	scene->slot.exchange = iap_exchange_open(scene->listening);
	scene->slot.settings = &scene->settings;
	pthread_mutex_init(&scene->slot.lock, NULL);
	scene->slots = (struct iap_slots){ .slots = &scene->slot, .count = 1 };
	assert_true(iap_exchange_accept(scene->slot.exchange));
	assert_int_equal(pthread_create(&scene->reader, NULL, read_all, &scene->peer), 0);
	atomic_store(&scene->slot.is_busy, true);
	assert_true(iap_slot_stream_begin(&scene->slots, &scene->slot, session));
	iap_exchange_status(scene->slot.exchange, 200);
	iap_exchange_body(scene->slot.exchange);
	iap_slots_watch(&scene->slots, scene->now_ms);
}

/* Sends `pieces`, lets the time pass, and tells whether the connection is still good. */
static bool
lives_after(struct scene *scene, unsigned int pieces)
{
	static char bytes[PIECE];
	bool alive;

	for (unsigned int i = 0; i < pieces; i++)
		iap_exchange_write(scene->slot.exchange, bytes, sizeof bytes);
	scene->now_ms += STEP_MS;
	iap_slots_watch(&scene->slots, scene->now_ms);
	/* More than the library gathers before it sends. */
	alive = iap_exchange_write(scene->slot.exchange, bytes, sizeof bytes);
	return iap_exchange_write(scene->slot.exchange, bytes, sizeof bytes) && alive;
}

static void
end(struct scene *scene)
{
	iap_slot_stream_end(&scene->slot);
	iap_exchange_finish(scene->slot.exchange);
	iap_exchange_close(&scene->slot.exchange);
	pthread_join(scene->reader, NULL);
	pthread_mutex_destroy(&scene->slot.lock);
	close(scene->peer);
	close(scene->listening);
	unlink(scene->program.socket);
	rmdir(scene->folder);
}

/* 16 KB/s for 30 s is the least: 30 pieces. */
static void
a_slow_stream_is_broken_off(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	assert_true(lives_after(&scene, 40));
	assert_true(lives_after(&scene, 31));
	assert_false(lives_after(&scene, 20));
	end(&scene);
}

static void
a_stream_that_stands_still_is_broken_off(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	assert_false(lives_after(&scene, 0));
	end(&scene);
}

/* A check sends nothing until it is done, and is at work all the while. */
static void
work_without_a_word_goes_on(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	iap_slot_stream_end(&scene.slot);
	for (unsigned int i = 0; i < 5; i++) {
		iap_exchange_beat(scene.slot.exchange);
		scene.now_ms += STEP_MS;
		iap_slots_watch(&scene.slots, scene.now_ms);
	}
	iap_exchange_beat(scene.slot.exchange);
	assert_true(lives_after(&scene, 0));
	/* And without a sign of work it ends. */
	assert_true(lives_after(&scene, 0));
	scene.now_ms += STEP_MS;
	iap_slots_watch(&scene.slots, scene.now_ms);
	assert_false(lives_after(&scene, 0));
	end(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_stream_is_broken_off),
		cmocka_unit_test(a_stream_that_stands_still_is_broken_off),
		cmocka_unit_test(work_without_a_word_goes_on),
	};

	iap_exchange_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
