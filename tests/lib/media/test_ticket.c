/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets come back as they were written, and no byte of one can be changed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/macros.h"
#include "media/ticket.h"

static const struct iap_ticket_key key = { .bytes = { 1, 2, 3 } };
static const struct iap_ticket_key other = { .bytes = { 1, 2, 4 } };

static struct iap_ticket
full(void)
{
	static const struct iap_ticket_blank blanks[] = { { 5, 9 }, { 9, 10 }, { 1000000, 1000123 } };
	static const struct iap_ticket_blank numbers[] = { { 10, 15 }, { 300, 50000 } };
	static unsigned char envelope[300];

	memset(envelope, 0xfe, sizeof envelope);
	return (struct iap_ticket){ .op = IAP_TICKET_DOCUMENT, .expires_ms = 4102444800000,
		.source = "archive", .key = "a/\xff\n b.json",
		.size = UINT64_MAX, .interaction = (uint64_t)1 << 62, .n = 300, .type = "audio/mpeg",
		.name = "Grüße.mp3", .whole = true, .protection = IAP_TICKET_DETACHED,
		.envelope = envelope, .envelope_size = sizeof envelope, .session = { 9, 8, 7 },
		.slice_begin = 4, .slice_end = 1000200, .blanks = blanks, .blank_count = 3,
		.numbers = numbers, .number_count = 2 };
}

static void
what_is_written_is_read(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_ticket ticket = full(), read;
	struct iap_error err;
	const char *text;

	(void)state;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_OK);
	assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-_."), strlen(text));
	assert_int_equal(iap_ticket_parse(arena, &key, text, 1, &read, &err), IAP_OK);
	assert_int_equal(read.op, ticket.op);
	assert_int_equal(read.expires_ms, ticket.expires_ms);
	assert_string_equal(read.source, ticket.source);
	assert_string_equal(read.key, ticket.key);
	assert_true(read.size == ticket.size && read.interaction == ticket.interaction);
	assert_int_equal(read.n, 300);
	assert_string_equal(read.type, ticket.type);
	assert_string_equal(read.name, ticket.name);
	assert_true(read.whole && read.protection == ticket.protection);
	assert_int_equal(read.envelope_size, ticket.envelope_size);
	assert_memory_equal(read.envelope, ticket.envelope, ticket.envelope_size);
	assert_memory_equal(read.session, ticket.session, sizeof read.session);
	assert_true(read.slice_begin == 4 && read.slice_end == 1000200);
	assert_int_equal(read.blank_count, 3);
	assert_memory_equal(read.blanks, ticket.blanks, 3 * sizeof *read.blanks);
	assert_int_equal(read.number_count, 2);
	assert_memory_equal(read.numbers, ticket.numbers, 2 * sizeof *read.numbers);
}

static void
no_byte_can_be_changed(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(64 << 20);
	struct iap_ticket ticket = full(), read;
	struct iap_error err;
	const char *text;
	char *forged;

	(void)state;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_OK);
	forged = iap_arena_copy(arena, text);
	for (size_t i = 0; i < strlen(text); i++) {
		forged[i] = text[i] == 'A' ? 'B' : 'A';
		assert_int_equal(iap_ticket_parse(arena, &key, forged, 1, &read, &err), IAP_FORBIDDEN);
		forged[i] = '\0';
		assert_int_equal(iap_ticket_parse(arena, &key, forged, 1, &read, &err), IAP_FORBIDDEN);
		forged[i] = text[i];
	}
	assert_int_equal(iap_ticket_parse(arena, &other, text, 1, &read, &err), IAP_FORBIDDEN);
	assert_int_equal(iap_ticket_parse(arena, &key, text, ticket.expires_ms, &read, &err),
	    IAP_FORBIDDEN);
	assert_int_equal(iap_ticket_parse(arena, &key, text, ticket.expires_ms - 1, &read, &err),
	    IAP_OK);
	assert_int_equal(iap_ticket_parse(arena, &key, "", 1, &read, &err), IAP_FORBIDDEN);
	assert_int_equal(iap_ticket_parse(arena, &key, ".", 1, &read, &err), IAP_FORBIDDEN);
}

static void
tickets_too_large_or_incomplete_are_refused(void **state)
{
	static const struct iap_ticket_blank backwards[] = { { 9, 10 }, { 5, 6 } };
	static unsigned char large[6100];
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_ticket ticket = full();
	struct iap_error err;
	const char *text;

	(void)state;
	ticket.envelope = large;
	ticket.envelope_size = sizeof large;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_INVALID);
	ticket = full();
	ticket.blanks = backwards;
	ticket.blank_count = 2;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_INVALID);
	ticket = full();
	ticket.numbers = backwards;
	ticket.number_count = 2;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_INVALID);
	ticket = full();
	ticket.key = NULL;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_INVALID);
	ticket = full();
	ticket.envelope_size = 0;
	assert_int_equal(iap_ticket_format(arena, &key, &ticket, &text, &err), IAP_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(tickets_too_large_or_incomplete_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
