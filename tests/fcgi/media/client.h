/* SPDX-License-Identifier: Apache-2.0 */
/* Starts iap-media on a socket of its own and speaks FastCGI to it as nginx does. */
#ifndef TESTS_FCGI_MEDIA_CLIENT_H
#define TESTS_FCGI_MEDIA_CLIENT_H

#include <stddef.h>
#include <sys/types.h>

struct program {
	pid_t pid;
	char socket[100];
};

/* What came back. */
struct answer {
	int status;       /* 0: the connection was broken before an answer */
	char head[4096];  /* the fields, each with "\n" at its end */
	unsigned char *body;
	size_t size;
	int is_whole;     /* FCGI_END_REQUEST came */
};

/* One parameter of a request; a list ends with a NULL name. */
struct param {
	const char *name;
	const char *value;
};

/* Starts the program with what `dir`/iap.conf says; `option` may be NULL. */
void program_start(struct program *program, const char *dir, const char *option);

/* Ends it with SIGTERM; its exit status. */
int program_stop(struct program *program);

/* A connection, for those who want to misbehave. */
int program_connect(const struct program *program);
void program_ask(int fd, const struct param *params);

/* Asks and reads everything; free the body. */
struct answer program_get(const struct program *program, const struct param *params);
struct answer program_read(int fd);

/* Value of a field of the answer, or "" without it. */
const char *answer_field(const struct answer *answer, const char *name);

#endif
