/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many slow listeners at once, each with one kept connection, as browsers on
 * slow lines are: asks for `bytes=POS-`, reads the answer at a fixed rate,
 * compares every byte with the plain file, asks for the next range. Loopback
 * only, ends by itself.
 *
 *   listeners --port P --path URL-PATH --plain FILE --headers FILE
 *       [--count 1000] [--rate 4096] [--seconds 30] [--starts-ms 5000]
 *
 * The file of --headers holds request headers (the cookie), so that no secret
 * stands in argv. Prints one JSON object; exits 1 when any listener failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 100, HEAD_LIMIT = 4096, RECEIVE_BUFFER = 4096 };

struct options {
	int port, count, rate, seconds, starts_ms;
	const char *path, *plain, *headers;
};

struct listener {
	int fd;
	int64_t starts_ms;     /* when it begins */
	int64_t asked_ms;      /* when its first request went out; 0 before */
	int64_t first_ms;      /* until its first byte of media */
	int64_t lag_ms;        /* the most that its sound was late */
	uint64_t position;     /* in the plain file */
	uint64_t heard;        /* bytes read in all */
	uint64_t left;         /* of the answer's body */
	char head[HEAD_LIMIT]; /* of the answer, while it arrives */
	size_t head_length;
	const char *failure;
};

struct plain {
	const unsigned char *bytes;
	uint64_t size;
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static int
connect_to(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int size = RECEIVE_BUFFER, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		die("connect");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
ask(struct listener *listener, const struct options *options, const char *headers)
{
	char request[8192];
	int length = snprintf(request, sizeof request,
	    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nRange: bytes=%llu-\r\n%s\r\n", options->path,
	    options->port, (unsigned long long)listener->position, headers);

	if (send(listener->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
		listener->failure = "request not sent";
	listener->head_length = 0;
	if (listener->asked_ms == 0)
		listener->asked_ms = now_ms();
}

/* The value of a header in a head that ends with an empty line. */
static const char *
header(const char *head, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':')
			return line + 2 + length + 1;
	return NULL;
}

static void
take_head(struct listener *listener)
{
	const char *length = header(listener->head, "Content-Length");
	const char *range = header(listener->head, "Content-Range");
	unsigned long long from = 0;

	if (strncmp(listener->head, "HTTP/1.1 206", 12) != 0)
		listener->failure = "not 206";
	else if (length == NULL || range == NULL || sscanf(range, " bytes %llu-", &from) != 1)
		listener->failure = "no length or range";
	else if (from != listener->position)
		listener->failure = "another range";
	else
		listener->left = strtoull(length, NULL, 10);
}

/* Reads the head byte by byte: what follows it is for the slow ear. */
static bool
read_head(struct listener *listener)
{
	while (listener->head_length < HEAD_LIMIT - 1) {
		char *end = listener->head + listener->head_length;
		ssize_t got = recv(listener->fd, end, 1, 0);

		if (got <= 0) {
			if (got == 0 || errno != EAGAIN)
				listener->failure = "closed";
			return false;
		}
		end[1] = '\0';
		listener->head_length++;
		if (listener->head_length >= 4 && memcmp(end - 3, "\r\n\r\n", 4) == 0) {
			take_head(listener);
			return listener->failure == NULL;
		}
	}
	listener->failure = "head too long";
	return false;
}

/* Reads at most `budget` bytes of the answer and compares them. */
static void
read_body(struct listener *listener, const struct plain *plain, size_t budget)
{
	unsigned char bytes[65536];
	size_t wanted = budget < listener->left ? budget : (size_t)listener->left;
	ssize_t got = recv(listener->fd, bytes, wanted < sizeof bytes ? wanted : sizeof bytes, 0);

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		listener->failure = "cut";
		return;
	}
	if (listener->heard == 0)
		listener->first_ms = now_ms() - listener->asked_ms;
	if (memcmp(bytes, plain->bytes + listener->position, (size_t)got) != 0)
		listener->failure = "other bytes";
	listener->heard += (uint64_t)got;
	listener->left -= (uint64_t)got;
	listener->position = (listener->position + (uint64_t)got) % plain->size;
}

static void
tick(struct listener *listener, const struct options *options, const struct plain *plain,
    const char *headers)
{
	int64_t elapsed, due, late;

	if (listener->failure != NULL || now_ms() < listener->starts_ms)
		return;
	if (listener->asked_ms == 0)
		ask(listener, options, headers);
	elapsed = now_ms() - listener->asked_ms;
	due = elapsed * options->rate / 1000;
	while ((int64_t)listener->heard < due && listener->failure == NULL) {
		uint64_t before = listener->heard;

		if (listener->left == 0) {
			if (listener->heard > 0 && listener->head_length > 0 &&
			    memcmp(listener->head + listener->head_length - 4, "\r\n\r\n", 4) == 0)
				ask(listener, options, headers);
			if (!read_head(listener))
				break;
		}
		read_body(listener, plain, (size_t)(due - (int64_t)listener->heard));
		if (listener->heard == before)
			break;
	}
	late = (due - (int64_t)listener->heard) * 1000 / options->rate;
	if (late > listener->lag_ms)
		listener->lag_ms = late;
}

static int
by_number(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int
report(struct listener *listeners, const struct options *options)
{
	int64_t *first = calloc((size_t)options->count, sizeof *first), lag = 0;
	const char *failure = "";
	uint64_t heard = 0;
	int failed = 0;

	for (int i = 0; i < options->count; i++) {
		first[i] = listeners[i].first_ms;
		heard += listeners[i].heard;
		if (listeners[i].lag_ms > lag)
			lag = listeners[i].lag_ms;
		if (listeners[i].failure != NULL || listeners[i].heard == 0) {
			failed++;
			failure = listeners[i].failure != NULL ? listeners[i].failure : "silent";
		}
	}
	qsort(first, (size_t)options->count, sizeof *first, by_number);
	printf("{\"listeners\":%d,\"failed\":%d,\"failure\":\"%s\",\"bytes\":%llu,"
	    "\"first_byte_ms_p50\":%lld,\"first_byte_ms_p95\":%lld,\"first_byte_ms_max\":%lld,"
	    "\"lag_ms_max\":%lld}\n", options->count, failed, failure, (unsigned long long)heard,
	    (long long)first[options->count / 2], (long long)first[options->count * 95 / 100],
	    (long long)first[options->count - 1], (long long)lag);
	free(first);
	return failed == 0 ? 0 : 1;
}

static struct options
read_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "port", required_argument, NULL, 'p' }, { "path", required_argument, NULL, 'u' },
		{ "plain", required_argument, NULL, 'f' }, { "headers", required_argument, NULL, 'h' },
		{ "count", required_argument, NULL, 'c' }, { "rate", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' }, { "starts-ms", required_argument, NULL, 'b' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { .count = 1000, .rate = 4096, .seconds = 30, .starts_ms = 5000 };
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (option) {
		case 'p': options.port = atoi(optarg); break;
		case 'u': options.path = optarg; break;
		case 'f': options.plain = optarg; break;
		case 'h': options.headers = optarg; break;
		case 'c': options.count = atoi(optarg); break;
		case 'r': options.rate = atoi(optarg); break;
		case 's': options.seconds = atoi(optarg); break;
		case 'b': options.starts_ms = atoi(optarg); break;
		default: exit(2);
		}
	if (options.port == 0 || options.path == NULL || options.plain == NULL ||
	    options.headers == NULL || options.count < 1 || options.rate < 1) {
		fprintf(stderr, "listeners: --port, --path, --plain and --headers are needed\n");
		exit(2);
	}
	return options;
}

static struct plain
map_plain(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct plain plain;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	plain.size = (uint64_t)st.st_size;
	plain.bytes = mmap(NULL, plain.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (plain.bytes == MAP_FAILED)
		die(path);
	close(fd);
	return plain;
}

static char *
read_headers(const char *path)
{
	static char headers[4096];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path);
	headers[fread(headers, 1, sizeof headers - 1, file)] = '\0';
	fclose(file);
	return headers;
}

int
main(int argc, char **argv)
{
	struct options options = read_options(argc, argv);
	struct plain plain = map_plain(options.plain);
	const char *headers = read_headers(options.headers);
	struct listener *listeners = calloc((size_t)options.count, sizeof *listeners);
	int64_t begin = now_ms(), end = begin + options.starts_ms + options.seconds * 1000;

	if (listeners == NULL)
		die("listeners");
	for (int i = 0; i < options.count; i++) {
		listeners[i].fd = connect_to(options.port);
		listeners[i].starts_ms = begin + (int64_t)options.starts_ms * i / options.count;
		/* Not all at the same place: half a listener's file apart. */
		listeners[i].position = plain.size * (uint64_t)i / (uint64_t)options.count;
	}
	while (now_ms() < end) {
		for (int i = 0; i < options.count; i++)
			tick(&listeners[i], &options, &plain, headers);
		usleep(TICK_MS * 1000);
	}
	return report(listeners, &options);
}
