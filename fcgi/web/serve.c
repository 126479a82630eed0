/* SPDX-License-Identifier: Apache-2.0 */
#include "web/serve.h"

#include <fcgiapp.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "web/dispatch.h"

/* A page of 500 rows with its model takes some 8 MB. */
static const size_t request_memory = (size_t)128 * 1024 * 1024;

static volatile sig_atomic_t stopping;

static void
stop(int number)
{
	(void)number;
	stopping = 1;
	FCGX_ShutdownPending();
}

static void
watch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	/* Without SA_RESTART, so that waiting for a request ends. */
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* The body, at most one byte more than is allowed: then it is refused. */
static char *
read_body(struct iap_arena *arena, FCGX_Request *fcgi, size_t *size_out)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", fcgi->envp);
	uint64_t size = 0;
	int got;
	char *body;

	*size_out = 0;
	if (length == NULL || !iap_text_parse_u64(length, &size) || size == 0)
		return iap_arena_alloc(arena, 1);
	if (size > IAP_BODY_MAX)
		size = IAP_BODY_MAX + 1;
	body = iap_arena_alloc(arena, size + 1);
	got = FCGX_GetStr(body, (int)size, fcgi->in);
	*size_out = got > 0 ? (size_t)got : 0;
	return body;
}

static void
send_answer(FCGX_Request *fcgi, const struct iap_buf *answer)
{
	for (size_t sent = 0; sent < answer->length; ) {
		size_t left = answer->length - sent;
		int put = FCGX_PutStr(answer->bytes + sent, left > INT_MAX ? INT_MAX : (int)left,
		    fcgi->out);

		if (put <= 0)
			break;
		sent += (size_t)put;
	}
}

static void
answer_one(struct iap_server *server, struct iap_arena *arena, FCGX_Request *fcgi)
{
	struct iap_response res;
	struct iap_buf answer;
	size_t body_size;
	char *body = read_body(arena, fcgi, &body_size);

	iap_dispatch(server, arena, fcgi->envp, body, body_size, &res);
	iap_buf_open(&answer, arena);
	iap_response_format(&res, FCGX_GetParam("HTTPS", fcgi->envp) != NULL, &answer);
	send_answer(fcgi, &answer);
}

int
iap_serve(struct iap_server *server)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(request_memory);
	FCGX_Request fcgi;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgi, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		iap_log_error("iap-web is started by nginx's pool: there is no socket on descriptor 0");
		return EXIT_FAILURE;
	}
	/* FCGX_Init() takes signals for itself. */
	watch_signals();
	while (!stopping && FCGX_Accept_r(&fcgi) == 0) {
		answer_one(server, arena, &fcgi);
		FCGX_Finish_r(&fcgi);
		iap_arena_reset(arena);
	}
	FCGX_Free(&fcgi, 1);
	return stopping ? EXIT_SUCCESS : EXIT_FAILURE;
}
