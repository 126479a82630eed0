/* SPDX-License-Identifier: Apache-2.0 */
/* The program itself, asked as nginx asks; messages and plain text come from openssl. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/macros.h"
#include "media/armour.h"
#include "media/keyring.h"
#include "media/ticket.h"
#include "tests/fcgi/media/client.h"
#include "tests/lib/media/oracle.h"

enum { SIZE = 700001 };

static struct oracle oracle;
static struct program media, whole;
static struct iap_arena *arena;
static struct iap_ticket_key key;
static struct bytes plain, envelope;

static const char *
path_of(const char *name)
{
	return iap_arena_format(arena, "%s/%s", oracle.dir, name);
}

static void
write_text(const char *name, const char *text)
{
	oracle_save(&oracle, name, (struct bytes){ (unsigned char *)text, strlen(text) });
}

static void
import_key(void)
{
	struct bytes crt = oracle_load(&oracle, "a.crt"), pem = oracle_load(&oracle, "a.key");
	struct iap_keyring_import pair = { .dir = path_of("keys"),
		.certificate = (char *)crt.at, .certificate_size = crt.size, .key = (char *)pem.at,
		.key_size = pem.size, .rest_passphrase = "at rest" };
	struct iap_certificate out;
	struct iap_error err;

	assert_int_equal(iap_keyring_import(arena, &pair, &out, &err), IAP_OK);
	free(crt.at);
	free(pem.at);
}

/* An empty ID3 tag, then frames of 128 kbit/s at 44.1 kHz. */
static void
make_frames(struct bytes *medium)
{
	static const unsigned char tag[10] = "ID3\4", frame[36] = { 0xff, 0xfb, 0x90, 0x64 };

	memcpy(medium->at, tag, sizeof tag);
	for (size_t at = sizeof tag; at + sizeof frame <= medium->size; at += 417)
		memcpy(medium->at + at, frame, sizeof frame);
}

/* An archive with the same medium in each form. */
static void
lay_out(void)
{
	struct pieces pieces;

	oracle_pair(&oracle, "a", "/O=Genesys/CN=gir_qa", "");
	oracle_pair(&oracle, "b", "/O=Other/CN=b", "");
	oracle_run(&oracle, "mkdir archive sources.d ended reports");
	plain = oracle_noise(1, SIZE, true);
	make_frames(&plain);
	oracle_save(&oracle, "archive/clear.mp3", plain);
	oracle_run(&oracle, "openssl cms -encrypt -binary -aes256 -outform DER "
	    "-in archive/clear.mp3 -out archive/whole.p7m a.crt;"
	    "openssl cms -encrypt -binary -stream -aes128 -outform DER "
	    "-in archive/clear.mp3 -out archive/stream.p7m a.crt;"
	    "openssl cms -encrypt -binary -aes128 -outform PEM "
	    "-in archive/clear.mp3 -out archive/text.p7m a.crt;"
	    "openssl cms -encrypt -binary -aes128 -outform DER "
	    "-in archive/clear.mp3 -out archive/other.p7m b.crt;"
	    ": >archive/zero.mp3; openssl cms -encrypt -binary -aes256 -outform DER "
	    "-in archive/zero.mp3 -out archive/empty.p7m a.crt;"
	    "head -c 300000 archive/whole.p7m >archive/torn.p7m;"
	    "head -c 10 archive/clear.mp3 >archive/head.mp3;"
	    "tail -c 350000 archive/whole.p7m >archive/noise.mp3;"
	    "openssl cms -encrypt -binary -aes256 -outform DER "
	    "-in archive/noise.mp3 -out archive/noise.p7m a.crt;"
	    "printf '{\"secret\":\"abc\",\"n\":1}' >archive/call.json;"
	    "printf '{\"secret\":\"abc\",\"n\":9,\"pin\":[7,98765]}' >archive/numbers.json");
	pieces = oracle_pieces(&oracle, "archive/whole.p7m");
	oracle_save(&oracle, "archive/detached.bin", pieces.cipher);
	envelope = oracle_detached(&pieces, true);
	free(pieces.recipients.at);
	free(pieces.algorithm.at);
	free(pieces.cipher.at);
}

static int
begin(void **state)
{
	struct iap_error err = { 0 };

	(void)state;
	arena = iap_arena_new(64 << 20);
	oracle_begin(&oracle);
	lay_out();
	import_key();
	write_text("passphrase", "at rest\n");
	write_text("ticket.key", "0123456789abcdef0123456789abcdef0123456789abcdef\n");
	assert_int_equal(chmod(path_of("ticket.key"), 0600), 0);
	assert_int_equal(chmod(path_of("passphrase"), 0600), 0);
	write_text("sources.d/local.conf", iap_arena_format(arena, "kind = local\nroot = %s\n",
	    path_of("archive")));
	write_text("iap.conf", iap_arena_format(arena, "[media]\nticket_key_file = ticket.key\n"
	    "sources = sources.d\nkeys = keys\nkeys_passphrase_file = passphrase\n"
	    "range_size = 256K\nended = ended\nreports = reports\n"));
	assert_int_equal(iap_ticket_key_load(path_of("ticket.key"), &key, &err), IAP_OK);
	program_start(&media, oracle.dir, NULL);
	program_start(&whole, oracle.dir, "--whole");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	assert_int_equal(program_stop(&media), 0);
	assert_int_equal(program_stop(&whole), 0);
	oracle_end(&oracle);
	free(plain.at);
	free(envelope.at);
	iap_arena_free(&arena);
	return 0;
}

static struct iap_ticket
ticket_for(const char *object)
{
	struct iap_ticket ticket = { .op = IAP_TICKET_MEDIA, .source = "local", .key = object,
		.expires_ms = iap_clock_now_ms() + 60000, .type = "audio/mp3", .size = SIZE,
		.interaction = 7, .n = 1, .session = { 1 } };

	if (strstr(object, ".p7m") != NULL)
		ticket.protection = IAP_TICKET_WHOLE_FILE;
	if (strstr(object, ".bin") != NULL) {
		ticket.protection = IAP_TICKET_DETACHED;
		ticket.envelope = envelope.at;
		ticket.envelope_size = envelope.size;
	}
	return ticket;
}

static const char *
text_of(const struct iap_ticket *ticket)
{
	struct iap_error err = { 0 };
	const char *text;

	if (iap_ticket_format(arena, &key, ticket, &text, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return text;
}

static struct answer
get(const struct program *program, const char *method, const struct iap_ticket *ticket,
    const char *range, const char *if_range)
{
	const struct param params[] = {
		{ "REQUEST_METHOD", method }, { "IAP_TICKET", text_of(ticket) },
		{ "REQUEST_ID", "0123abcd" },
		{ "HTTP_RANGE", range == NULL ? "" : range },
		{ "HTTP_IF_RANGE", if_range == NULL ? "" : if_range }, { NULL, NULL },
	};
	struct answer answer = program_get(program, params);

	assert_int_equal(answer.is_whole, 1);
	return answer;
}

static const char *const forms[] = { "clear.mp3", "whole.p7m", "stream.p7m", "text.p7m",
	"detached.bin" };

static void
ranges_are_the_plain_bytes(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (size_t f = 0; f < IAP_LENGTH(forms); f++)
		for (int i = 0; i < 20; i++) {
			size_t first = (size_t)(oracle_next(&seed) % SIZE);
			size_t last = first + (size_t)(oracle_next(&seed) % (i < 10 ? 100 : SIZE));
			struct iap_ticket ticket = ticket_for(forms[f]);
			struct answer answer = get(&media, "GET", &ticket, iap_arena_format(arena,
			    "bytes=%zu-%zu", first, last), NULL);
			size_t size = (last < SIZE ? last : SIZE - 1) - first + 1;

			size = size < 262144 ? size : 262144;
			assert_int_equal(answer.status, 206);
			assert_int_equal(answer.size, size);
			assert_memory_equal(answer.body, plain.at + first, size);
			assert_string_equal(answer_field(&answer, "Content-Range"),
			    iap_arena_format(arena, "bytes %zu-%zu/%d", first, first + size - 1, SIZE));
			assert_string_equal(answer_field(&answer, "Content-Type"), "audio/mpeg");
			assert_string_equal(answer_field(&answer, "Cache-Control"), "no-store");
			assert_string_equal(answer_field(&answer, "Accept-Ranges"), "bytes");
			free(answer.body);
		}
}

static void
whole_files_are_streamed_with_a_name(void **state)
{
	(void)state;
	for (size_t f = 0; f < IAP_LENGTH(forms); f++) {
		struct iap_ticket ticket = ticket_for(forms[f]);
		struct answer answer;

		ticket.whole = true;
		ticket.name = "Grüße \"x\".mp3";
		answer = get(&whole, "GET", &ticket, "bytes=5-9", NULL);
		assert_int_equal(answer.status, 200);
		assert_int_equal(answer.size, SIZE);
		assert_memory_equal(answer.body, plain.at, SIZE);
		assert_string_equal(answer_field(&answer, "Content-Length"), "700001");
		assert_string_equal(answer_field(&answer, "Content-Disposition"),
		    "attachment; filename=\"Gr__e _x_.mp3\"; "
		    "filename*=UTF-8''Gr%C3%BC%C3%9Fe%20_x_.mp3");
		free(answer.body);
	}
}

static void
head_tells_without_a_body(void **state)
{
	struct iap_ticket ticket = ticket_for("whole.p7m");
	struct answer answer = get(&media, "HEAD", &ticket, "bytes=0-9", NULL);

	(void)state;
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.size, 0);
	assert_string_equal(answer_field(&answer, "Content-Length"), "700001");
	free(answer.body);
}

static void
if_range_guards_a_range(void **state)
{
	struct iap_ticket ticket = ticket_for("whole.p7m");
	struct answer answer = get(&media, "GET", &ticket, "bytes=0-9", NULL);
	char *etag = iap_arena_copy(arena, answer_field(&answer, "ETag"));
	char *date = iap_arena_copy(arena, answer_field(&answer, "Last-Modified"));

	(void)state;
	assert_true(etag[0] == '"' && strlen(date) == 29);
	free(answer.body);
	answer = get(&media, "GET", &ticket, "bytes=0-9", etag);
	assert_int_equal(answer.status, 206);
	free(answer.body);
	answer = get(&media, "GET", &ticket, "bytes=0-9", date);
	assert_int_equal(answer.status, 206);
	free(answer.body);
	answer = get(&media, "GET", &ticket, "bytes=0-9", "\"another\"");
	assert_int_equal(answer.status, 412);
	free(answer.body);
	answer = get(&media, "GET", &ticket, "seconds=0-9", NULL);
	assert_int_equal(answer.status, 416);
	free(answer.body);
	answer = get(&whole, "GET", &ticket, "bytes=0-9", etag);
	assert_int_equal(answer.status, 206);
	free(answer.body);
	answer = get(&whole, "GET", &ticket, "bytes=0-9", "\"another\"");
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.size, SIZE);
	free(answer.body);
	answer = get(&media, "GET", &ticket, "bytes=700001-", NULL);
	assert_int_equal(answer.status, 416);
	assert_string_equal(answer_field(&answer, "Content-Range"), "bytes */700001");
	free(answer.body);
}

static void
what_cannot_be_played_is_409_with_its_state(void **state)
{
	static const struct { const char *object, *state; } cases[] = {
		{ "nothing.mp3", "missing" }, { "zero.mp3", "empty" }, { "empty.p7m", "empty" },
		{ "other.p7m", "no_key" }, { "torn.p7m", "damaged" }, { "../archive/clear.mp3", "missing" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_ticket ticket = ticket_for(cases[i].object);
		struct answer answer = get(&media, "GET", &ticket, "bytes=0-", NULL);

		assert_int_equal(answer.status, 409);
		assert_string_equal(answer_field(&answer, "Content-Type"), "application/problem+json");
		assert_non_null(strstr((char *)answer.body, iap_arena_format(arena,
		    "\"state\":\"%s\"", cases[i].state)));
		assert_non_null(strstr((char *)answer.body, "\"request_id\":\"0123abcd\""));
		free(answer.body);
	}
	assert_int_equal(access(path_of("reports/7-1-damaged"), F_OK), 0);
	assert_int_not_equal(access(path_of("reports/7-1-ok"), F_OK), 0);
}

static void
forged_expired_and_ended_are_403(void **state)
{
	struct iap_ticket ticket = ticket_for("clear.mp3");
	char *text = iap_arena_copy(arena, text_of(&ticket));
	struct param params[] = { { "REQUEST_METHOD", "GET" }, { "IAP_TICKET", text },
		{ NULL, NULL } };
	struct answer answer;

	(void)state;
	for (size_t i = 0, length = strlen(text); i < length; i += 7) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		answer = program_get(&media, params);
		assert_int_equal(answer.status, 403);
		free(answer.body);
		text[i] = was;
	}
	params[1].value = "";
	answer = program_get(&media, params);
	assert_int_equal(answer.status, 403);
	free(answer.body);
	ticket.expires_ms = iap_clock_now_ms() - 1;
	answer = get(&media, "GET", &ticket, "bytes=0-", NULL);
	assert_int_equal(answer.status, 403);
	free(answer.body);
	ticket = ticket_for("clear.mp3");
	memset(ticket.session, 0xab, sizeof ticket.session);
	write_text("ended/abababababababababababababababababababababababababababababababab", "");
	answer = get(&media, "GET", &ticket, "bytes=0-", NULL);
	assert_int_equal(answer.status, 403);
	free(answer.body);
	params[0].value = "POST";
	answer = program_get(&media, params);
	assert_int_equal(answer.status, 405);
	free(answer.body);
}

static void
documents_are_cut_and_blanked(void **state)
{
	const struct iap_ticket_blank blanks[] = { { 11, 14 } };
	const struct iap_ticket_blank numbers[] = { { 20, 21 }, { 31, 36 } };
	struct iap_ticket ticket = ticket_for("call.json");
	struct answer answer;

	(void)state;
	ticket.op = IAP_TICKET_DOCUMENT;
	ticket.size = 22;
	ticket.blanks = blanks;
	ticket.blank_count = 1;
	answer = get(&media, "GET", &ticket, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer_field(&answer, "Content-Type"), "application/json");
	assert_string_equal((char *)answer.body, "{\"secret\":\"***\",\"n\":1}");
	free(answer.body);
	ticket.slice_begin = 12;
	ticket.slice_end = 20;
	answer = get(&media, "GET", &ticket, NULL, NULL);
	assert_string_equal((char *)answer.body, "**\",\"n\":");
	free(answer.body);
	/* A number stays one: what reads the document still can. */
	ticket = ticket_for("numbers.json");
	ticket.op = IAP_TICKET_DOCUMENT;
	ticket.size = 38;
	ticket.numbers = numbers;
	ticket.number_count = 2;
	answer = get(&media, "GET", &ticket, NULL, NULL);
	assert_string_equal((char *)answer.body, "{\"secret\":\"abc\",\"n\":1,\"pin\":[7,11111]}");
	free(answer.body);
	ticket.blanks = blanks;
	ticket.blank_count = 1;
	ticket.slice_begin = 12;
	ticket.slice_end = 34;
	answer = get(&media, "GET", &ticket, NULL, NULL);
	assert_string_equal((char *)answer.body, "**\",\"n\":1,\"pin\":[7,111");
	free(answer.body);
	ticket = ticket_for("call.json");
	ticket.op = IAP_TICKET_DOCUMENT;
	ticket.numbers = numbers;
	ticket.number_count = 1;
	/* Grown since: the places would be wrong. */
	ticket.size = 21;
	answer = get(&media, "GET", &ticket, NULL, NULL);
	assert_int_equal(answer.status, 503);
	free(answer.body);
}

static void
check_reads_all_of_it(void **state)
{
	struct iap_ticket ticket = ticket_for("stream.p7m");
	struct bytes sum;
	struct answer answer;

	(void)state;
	oracle_run(&oracle, "sha256sum <archive/stream.p7m >sum");
	sum = oracle_load(&oracle, "sum");
	ticket.op = IAP_TICKET_CHECK;
	answer = get(&whole, "GET", &ticket, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_string_equal((char *)answer.body, iap_arena_format(arena,
	    "{\"state\":\"ok\",\"plain_size\":700001,\"sha256\":\"%.64s\",\"duration_ms\":43749}",
	    (char *)sum.at));
	free(answer.body);
	free(sum.at);
	ticket = ticket_for("torn.p7m");
	ticket.op = IAP_TICKET_CHECK;
	answer = get(&whole, "GET", &ticket, NULL, NULL);
	assert_string_equal((char *)answer.body, "{\"state\":\"damaged\"}");
	free(answer.body);
}

/* Text lines, chunks, one piece and clear bytes: always the hash of what is stored. */
static void
check_says_what_is_inside(void **state)
{
	static const struct { const char *object, *state; unsigned int size; } cases[] = {
		{ "clear.mp3", "ok", SIZE }, { "whole.p7m", "ok", SIZE }, { "text.p7m", "ok", SIZE },
		{ "detached.bin", "ok", SIZE }, { "head.mp3", "empty", 10 },
		{ "noise.mp3", "damaged", 350000 }, { "noise.p7m", "wrong_key", 350000 },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_ticket ticket = ticket_for(cases[i].object);
		struct answer answer;
		struct bytes sum;
		const char *begin;

		oracle_run(&oracle, "sha256sum <archive/%s >sum", cases[i].object);
		sum = oracle_load(&oracle, "sum");
		ticket.op = IAP_TICKET_CHECK;
		answer = get(&whole, "GET", &ticket, NULL, NULL);
		begin = iap_arena_format(arena, "{\"state\":\"%s\",\"plain_size\":%u,\"sha256\":\"%.64s\"",
		    cases[i].state, cases[i].size, (char *)sum.at);
		if (strncmp((char *)answer.body, begin, strlen(begin)) != 0)
			fail_msg("%s: %s", cases[i].object, (char *)answer.body);
		free(answer.body);
		free(sum.at);
	}
}

/* A peer that sends one byte must not hold the only worker for long. */
static void
a_silent_peer_is_broken_off(void **state)
{
	struct iap_ticket ticket = ticket_for("clear.mp3");
	int64_t before = iap_clock_ticks_ms();
	int fd = program_connect(&media);
	struct answer answer;

	(void)state;
	assert_int_equal(send(fd, "\1", 1, 0), 1);
	answer = get(&media, "GET", &ticket, "bytes=0-9", NULL);
	assert_int_equal(answer.status, 206);
	assert_in_range(iap_clock_ticks_ms() - before, 0, 15000);
	free(answer.body);
	close(fd);
}

static void
listeners_that_go_away_harm_nobody(void **state)
{
	struct iap_ticket ticket = ticket_for("whole.p7m");
	const struct param params[] = { { "REQUEST_METHOD", "GET" }, { "HTTP_RANGE", "bytes=0-" },
		{ "IAP_TICKET", text_of(&ticket) }, { NULL, NULL } };
	struct answer answer;

	(void)state;
	for (int i = 0; i < 50; i++) {
		int fd = program_connect(&media);

		program_ask(fd, params);
		close(fd);
	}
	answer = get(&media, "GET", &ticket, "bytes=0-9", NULL);
	assert_int_equal(answer.status, 206);
	free(answer.body);
}

/* The stream stands still, since nobody reads it, and is cut when the session ends. */
static void
an_ended_session_loses_its_stream(void **state)
{
	struct iap_ticket ticket = ticket_for("clear.mp3");
	const struct param *params;
	struct answer answer;
	int64_t before;
	int fd;

	(void)state;
	oracle_run(&oracle, "head -c 20000000 /dev/zero >archive/long.mp3");
	ticket.key = "long.mp3";
	memset(ticket.session, 0xcd, sizeof ticket.session);
	params = (const struct param[]){ { "REQUEST_METHOD", "GET" },
		{ "IAP_TICKET", text_of(&ticket) }, { NULL, NULL } };
	fd = program_connect(&whole);
	program_ask(fd, params);
	usleep(500000);
	write_text("ended/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "");
	before = iap_clock_ticks_ms();
	usleep(2500000);
	answer = program_read(fd);
	assert_in_range(iap_clock_ticks_ms() - before, 0, 4000);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.is_whole, 0);
	assert_true(answer.size < 20000000);
	free(answer.body);
}

static void
a_fifth_stream_of_a_session_is_refused(void **state)
{
	struct iap_ticket ticket = ticket_for("long.mp3");
	const struct param *params = (const struct param[]){ { "REQUEST_METHOD", "GET" },
		{ "IAP_TICKET", text_of(&ticket) }, { NULL, NULL } };
	struct answer answer;
	int fds[4];

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(fds); i++) {
		fds[i] = program_connect(&whole);
		program_ask(fds[i], params);
	}
	usleep(500000);
	answer = get(&whole, "GET", &ticket, NULL, NULL);
	assert_int_equal(answer.status, 429);
	free(answer.body);
	ticket.session[0] = 2;
	answer = get(&whole, "GET", &ticket, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.size, 20000000);
	free(answer.body);
	for (size_t i = 0; i < IAP_LENGTH(fds); i++)
		close(fds[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_the_plain_bytes),
		cmocka_unit_test(whole_files_are_streamed_with_a_name),
		cmocka_unit_test(head_tells_without_a_body),
		cmocka_unit_test(if_range_guards_a_range),
		cmocka_unit_test(what_cannot_be_played_is_409_with_its_state),
		cmocka_unit_test(forged_expired_and_ended_are_403),
		cmocka_unit_test(documents_are_cut_and_blanked),
		cmocka_unit_test(check_reads_all_of_it),
		cmocka_unit_test(check_says_what_is_inside),
		cmocka_unit_test(a_silent_peer_is_broken_off),
		cmocka_unit_test(listeners_that_go_away_harm_nobody),
		cmocka_unit_test(an_ended_session_loses_its_stream),
		cmocka_unit_test(a_fifth_stream_of_a_session_is_refused),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, begin, end);
}
