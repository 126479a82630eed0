/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages for tests, made by the openssl command, which is the oracle: what
 * is read here never comes from the code under test.
 */
#ifndef TESTS_LIB_MEDIA_ORACLE_H
#define TESTS_LIB_MEDIA_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A folder of its own, removed with oracle_end(). */
struct oracle {
	char dir[64];
};

struct bytes {
	unsigned char *at;
	size_t size;
};

/* The pieces of a message with one content, as openssl asn1parse finds them. */
struct pieces {
	struct bytes recipients; /* version and RecipientInfos */
	struct bytes algorithm;  /* content type and AlgorithmIdentifier */
	struct bytes cipher;
};

void oracle_begin(struct oracle *oracle);
void oracle_end(struct oracle *oracle);

/* Runs a command of the shell in the folder; the test fails when it fails. */
void oracle_run(const struct oracle *oracle, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A certificate NAME.crt and its key NAME.key with the common name `subject`. */
void oracle_pair(const struct oracle *oracle, const char *name, const char *subject,
    const char *more);

struct bytes oracle_load(const struct oracle *oracle, const char *name);
void oracle_save(const struct oracle *oracle, const char *name, struct bytes bytes);

/* Seeded bytes; with `medium` they begin as an mp3 does. */
struct bytes oracle_noise(uint64_t seed, size_t size, bool medium);
uint64_t oracle_next(uint64_t *seed);

/* Whether the long campaigns run whole (./runtests --full). */
bool oracle_is_whole_campaign(void);

/* Takes a DER message apart. */
struct pieces oracle_pieces(const struct oracle *oracle, const char *name);

/* Puts a message together again: `definite` lengths or not, no content ... */
struct bytes oracle_detached(const struct pieces *pieces, bool definite);

/* ... or content in chunks of `sizes`, the last of them repeated. */
struct bytes oracle_chunked(const struct pieces *pieces, bool definite, const size_t *sizes,
    size_t count);

#endif
