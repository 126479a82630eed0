/* SPDX-License-Identifier: Apache-2.0 */
#include "media/exchange.h"

#include <fcgiapp.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/macros.h"

struct iap_exchange {
	FCGX_Request request;
	pthread_mutex_t lock; /* a connection is not broken after it was given back */
	atomic_ullong steps;
	atomic_ullong sent;
	bool gone;
};

/* What each status says; texts are fixed, so nothing of a request is repeated in an answer. */
static const struct { int status; const char *reason, *detail; } answers[] = {
	{ 200, "OK", "" },
	{ 206, "Partial Content", "" },
	{ 403, "Forbidden", "This recording may not be delivered any more. Open it again." },
	{ 404, "Not Found", "There is no such item." },
	{ 405, "Method Not Allowed", "Media are only read." },
	{ 409, "Conflict", "This recording cannot be played." },
	{ 412, "Precondition Failed", "The recording is another than before. Open it again." },
	{ 416, "Range Not Satisfiable", "The recording has no such part." },
	{ 429, "Too Many Requests", "Too many downloads at once in this session." },
	{ 500, "Internal Server Error", "Something went wrong." },
	{ 503, "Service Unavailable", "The archive cannot be reached. Please try again." },
};

void
iap_exchange_start(void)
{
	if (FCGX_Init() != 0)
		iap_log_die("the FastCGI library does not start");
	/* The library has put in handlers of its own. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_DFL);
}

struct iap_exchange *
iap_exchange_open(int fd)
{
	struct iap_exchange *exchange = calloc(1, sizeof *exchange);

	if (exchange == NULL || FCGX_InitRequest(&exchange->request, fd,
	    FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		iap_log_die("out of memory");
	pthread_mutex_init(&exchange->lock, NULL);
	return exchange;
}

void
iap_exchange_close(struct iap_exchange **exchange)
{
	if (*exchange == NULL)
		return;
	FCGX_Free(&(*exchange)->request, 1);
	pthread_mutex_destroy(&(*exchange)->lock);
	free(*exchange);
	*exchange = NULL;
}

bool
iap_exchange_accept(struct iap_exchange *exchange)
{
	atomic_fetch_add(&exchange->steps, 1);
	exchange->gone = false;
	atomic_store(&exchange->sent, 0);
	if (FCGX_Accept_r(&exchange->request) < 0)
		return false;
	atomic_fetch_add(&exchange->steps, 1);
	return true;
}

void
iap_exchange_finish(struct iap_exchange *exchange)
{
	atomic_fetch_add(&exchange->steps, 1);
	/* Flushes, which may wait for nginx; the watching thread may break it then. */
	FCGX_FClose(exchange->request.out);
	pthread_mutex_lock(&exchange->lock);
	FCGX_Finish_r(&exchange->request);
	pthread_mutex_unlock(&exchange->lock);
}

const char *
iap_exchange_param(struct iap_exchange *exchange, const char *name)
{
	const char *value = FCGX_GetParam(name, exchange->request.envp);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

bool
iap_exchange_is_head(struct iap_exchange *exchange)
{
	const char *method = iap_exchange_param(exchange, "REQUEST_METHOD");

	return method != NULL && strcmp(method, "HEAD") == 0;
}

static void
put_text(struct iap_exchange *exchange, const char *text)
{
	if (FCGX_PutStr(text, (int)strlen(text), exchange->request.out) < 0)
		exchange->gone = true;
}

static size_t
answer_of(int status)
{
	for (size_t i = 0; i < IAP_LENGTH(answers); i++)
		if (answers[i].status == status)
			return i;
	iap_log_die("no answer with status %d", status);
}

void
iap_exchange_status(struct iap_exchange *exchange, int status)
{
	char text[64];

	snprintf(text, sizeof text, "Status: %d %s\r\n", status, answers[answer_of(status)].reason);
	put_text(exchange, text);
	iap_exchange_field(exchange, "Cache-Control", "no-store");
	iap_exchange_field(exchange, "X-Content-Type-Options", "nosniff");
	iap_exchange_field(exchange, "Cross-Origin-Resource-Policy", "same-origin");
}

void
iap_exchange_field(struct iap_exchange *exchange, const char *name, const char *value)
{
	put_text(exchange, name);
	put_text(exchange, ": ");
	/* A value never starts a line of its own. */
	while (*value != '\0') {
		size_t length = strcspn(value, "\r\n");

		if (FCGX_PutStr(value, (int)length, exchange->request.out) < 0)
			exchange->gone = true;
		value += length;
		value += strspn(value, "\r\n");
	}
	put_text(exchange, "\r\n");
}

void
iap_exchange_number(struct iap_exchange *exchange, const char *name, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64, value);
	iap_exchange_field(exchange, name, text);
}

void
iap_exchange_body(struct iap_exchange *exchange)
{
	put_text(exchange, "\r\n");
}

bool
iap_exchange_write(struct iap_exchange *exchange, const void *bytes, size_t size)
{
	if (exchange->gone || size > INT_MAX ||
	    FCGX_PutStr(bytes, (int)size, exchange->request.out) < 0)
		exchange->gone = true;
	atomic_fetch_add(&exchange->steps, 1);
	atomic_fetch_add(&exchange->sent, size);
	return !exchange->gone;
}

void
iap_exchange_beat(struct iap_exchange *exchange)
{
	atomic_fetch_add(&exchange->steps, 1);
}

/* The id that nginx gave the request, if it is one. */
static const char *
request_id(struct iap_exchange *exchange)
{
	const char *id = iap_exchange_param(exchange, "REQUEST_ID");

	if (id == NULL || strlen(id) > 64 ||
	    strspn(id, "0123456789abcdefABCDEF-") != strlen(id))
		return "";
	return id;
}

/* `range`: Content-Range of a 416, else NULL. */
static void
put_problem(struct iap_exchange *exchange, int status, enum iap_media_state state,
    const char *range)
{
	size_t answer = answer_of(status);
	char text[512];
	int length = snprintf(text, sizeof text, "{\"type\":\"about:blank\",\"title\":\"%s\","
	    "\"status\":%d,\"detail\":\"%s\",%s%s%s\"request_id\":\"%s\"}", answers[answer].reason,
	    status, answers[answer].detail, status == 409 ? "\"state\":\"" : "",
	    status == 409 ? iap_state_name(state) : "", status == 409 ? "\"," : "",
	    request_id(exchange));

	iap_exchange_status(exchange, status);
	iap_exchange_field(exchange, "Content-Type", "application/problem+json");
	iap_exchange_number(exchange, "Content-Length", (uint64_t)length);
	if (status == 503 || status == 429)
		iap_exchange_field(exchange, "Retry-After", "5");
	if (range != NULL)
		iap_exchange_field(exchange, "Content-Range", range);
	iap_exchange_body(exchange);
	if (!iap_exchange_is_head(exchange))
		iap_exchange_write(exchange, text, (size_t)length);
}

void
iap_exchange_problem(struct iap_exchange *exchange, int status, enum iap_media_state state)
{
	put_problem(exchange, status, state, NULL);
}

void
iap_exchange_no_range(struct iap_exchange *exchange, uint64_t size)
{
	char range[32];

	snprintf(range, sizeof range, "bytes */%" PRIu64, size);
	put_problem(exchange, 416, IAP_STATE_OK, range);
}

uint64_t
iap_exchange_steps(struct iap_exchange *exchange)
{
	return atomic_load(&exchange->steps);
}

uint64_t
iap_exchange_sent(struct iap_exchange *exchange)
{
	return atomic_load(&exchange->sent);
}

/* The library keeps the connection in a plain int that the other thread writes. */
static int
connection(struct iap_exchange *exchange)
{
	return __atomic_load_n(&exchange->request.ipcFd, __ATOMIC_RELAXED);
}

bool
iap_exchange_is_open(struct iap_exchange *exchange)
{
	return connection(exchange) >= 0;
}

void
iap_exchange_break(struct iap_exchange *exchange)
{
	pthread_mutex_lock(&exchange->lock);
	if (connection(exchange) >= 0)
		shutdown(connection(exchange), SHUT_RDWR);
	pthread_mutex_unlock(&exchange->lock);
}
