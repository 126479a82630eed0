/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fcgi/media/client.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 128), 0);
	return fd;
}

void
program_start(struct program *program, const char *dir, const char *option)
{
	const char *build = getenv("builddir");
	char path[512], config[256];
	int fd;

	snprintf(program->socket, sizeof program->socket, "%s/%s.sock", dir,
	    option == NULL ? "media" : "whole");
	snprintf(path, sizeof path, "%s/iap-media", build == NULL ? "." : build);
	snprintf(config, sizeof config, "%s/iap.conf", dir);
	fd = listen_at(program->socket);
	program->pid = fork();
	assert_true(program->pid >= 0);
	if (program->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fd, 0);
		execl(path, path, "--config", config, option, (char *)NULL);
		_exit(127);
	}
	close(fd);
}

int
program_stop(struct program *program)
{
	int status;

	kill(program->pid, SIGTERM);
	assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
program_connect(const struct program *program)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", program->socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void
send_all(int fd, const void *bytes, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes = (const char *)bytes + sent;
		size -= (size_t)sent;
	}
}

/* A FastCGI record (specification section 3.3). */
static void
send_record(int fd, unsigned char type, const void *content, size_t size)
{
	unsigned char head[8] = { 1, type, 0, 1, (unsigned char)(size >> 8), (unsigned char)size };

	send_all(fd, head, sizeof head);
	send_all(fd, content, size);
}

static void
add_length(unsigned char *bytes, size_t *at, size_t length)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		bytes[(*at)++] = (unsigned char)(length >> shift | (shift == 24 ? 0x80 : 0));
}

void
program_ask(int fd, const struct param *params)
{
	static const unsigned char begin[8] = { 0, 1 };
	unsigned char bytes[32768];
	size_t at = 0;

	for (; params->name != NULL; params++) {
		size_t name = strlen(params->name), value = strlen(params->value);

		assert_true(at + name + value + 8 < sizeof bytes);
		add_length(bytes, &at, name);
		add_length(bytes, &at, value);
		memcpy(bytes + at, params->name, name);
		memcpy(bytes + at + name, params->value, value);
		at += name + value;
	}
	send_record(fd, 1, begin, sizeof begin);
	send_record(fd, 4, bytes, at);
	send_record(fd, 4, "", 0);
	send_record(fd, 5, "", 0);
}

static int
receive_all(int fd, void *bytes, size_t size)
{
	while (size > 0) {
		ssize_t got = recv(fd, bytes, size, 0);

		if (got <= 0)
			return 0;
		bytes = (char *)bytes + got;
		size -= (size_t)got;
	}
	return 1;
}

/* Splits what came into fields and body. */
static void
split(struct answer *answer)
{
	unsigned char *end = answer->size == 0 ? NULL
	    : memmem(answer->body, answer->size, "\r\n\r\n", 4);
	size_t length;

	if (end == NULL)
		return;
	length = (size_t)(end - answer->body);
	assert_true(length + 3 < sizeof answer->head);
	memcpy(answer->head, answer->body, length);
	strcpy(answer->head + length, "\r\n");
	answer->size -= length + 4;
	memmove(answer->body, end + 4, answer->size + 1);
	assert_int_equal(sscanf(answer->head, "Status: %d", &answer->status), 1);
}

struct answer
program_read(int fd)
{
	struct answer answer = { 0 };
	unsigned char head[8], content[65536 + 256];
	size_t room = 0;

	while (receive_all(fd, head, sizeof head)) {
		size_t size = (size_t)(head[4] << 8 | head[5]);

		if (!receive_all(fd, content, size + head[6]))
			break;
		if (head[1] == 3)
			answer.is_whole = 1;
		if (head[1] != 6)
			continue;
		if (answer.size + size + 1 > room) {
			room = 2 * (answer.size + size + 1);
			answer.body = realloc(answer.body, room);
		}
		memcpy(answer.body + answer.size, content, size);
		answer.size += size;
		answer.body[answer.size] = 0;
	}
	close(fd);
	split(&answer);
	return answer;
}

struct answer
program_get(const struct program *program, const struct param *params)
{
	int fd = program_connect(program);

	program_ask(fd, params);
	return program_read(fd);
}

const char *
answer_field(const struct answer *answer, const char *name)
{
	static char value[1024];
	size_t length = strlen(name);

	for (const char *line = answer->head; line != NULL && *line != '\0';
	    line = strstr(line, "\r\n"), line = line == NULL ? NULL : line + 2)
		if (strncasecmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0) {
			size_t size = strcspn(line + length + 2, "\r\n");

			memcpy(value, line + length + 2, size);
			value[size] = '\0';
			return value;
		}
	return "";
}
