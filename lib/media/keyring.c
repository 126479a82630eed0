/* SPDX-License-Identifier: Apache-2.0 */
#include "media/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

/* How long a change of the folder may hide behind an equal time stamp. */
enum { UNSETTLED_S = 2, FILE_LIMIT = 1 << 20 };

static const char certificate_suffix[] = ".crt.pem";
static const char key_suffix[] = ".key.pem";

/* What is kept of a certificate, and its key. */
struct pair {
	struct iap_private_key *key;
	unsigned char *issuer;
	size_t issuer_size;
	unsigned char by_issuer[IAP_SHA256_SIZE];
	unsigned char by_ski[IAP_SHA256_SIZE];
	unsigned char *serial;
	size_t serial_size;
};

struct iap_keyring {
	char *dir;
	char *passphrase;
	struct pair *pairs;
	size_t count;
	struct timespec changed; /* of the folder, when it was read */
	bool settled;            /* it was read well after that */
	unsigned int version;
};

static void *
duplicate(const void *bytes, size_t size)
{
	void *copy = malloc(size + 1);

	if (copy == NULL)
		iap_log_die("out of memory");
	memcpy(copy, bytes, size);
	((char *)copy)[size] = '\0';
	return copy;
}

static char *
file_of(struct iap_arena *arena, const char *dir, const struct iap_certificate *certificate,
    const char *suffix)
{
	return iap_arena_format(arena, "%s/%s%s", dir,
	    iap_text_to_hex(arena, certificate->by_issuer, 16), suffix);
}

enum iap_status
iap_keyring_import(struct iap_arena *arena, const struct iap_keyring_import *import,
    struct iap_certificate *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_private_key_free) struct iap_private_key *key = NULL;
	const char *certificate;

	if (iap_certificate_parse(arena, import->certificate, import->certificate_size, out,
	    err) != IAP_OK ||
	    iap_private_key_parse(import->key, import->key_size, import->passphrase, &key, err)
	    != IAP_OK)
		return err->status;
	if (!iap_private_key_check(key, out))
		return iap_error_set(err, IAP_INVALID,
		    "the private key is not the one of the certificate %s", out->subject_text);
	if (mkdir(import->dir, 0700) < 0 && errno != EEXIST)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", import->dir);
	/* The certificate comes last: with it the pair is there. */
	if (iap_private_key_save(key, file_of(arena, import->dir, out, key_suffix),
	    import->rest_passphrase, err) != IAP_OK)
		return err->status;
	/* Not the text as given: beside the certificate it may hold the private key in clear. */
	certificate = iap_certificate_format(arena, out);
	return iap_file_save(file_of(arena, import->dir, out, certificate_suffix), 0600,
	    certificate, strlen(certificate), err);
}

struct iap_keyring *
iap_keyring_open(const char *dir, const char *passphrase)
{
	struct iap_keyring *keyring = calloc(1, sizeof *keyring);

	if (keyring == NULL)
		iap_log_die("out of memory");
	keyring->dir = duplicate(dir, strlen(dir));
	if (passphrase != NULL)
		keyring->passphrase = duplicate(passphrase, strlen(passphrase));
	return keyring;
}

static void
forget(struct iap_keyring *keyring)
{
	for (size_t i = 0; i < keyring->count; i++) {
		iap_private_key_free(&keyring->pairs[i].key);
		free(keyring->pairs[i].issuer);
		free(keyring->pairs[i].serial);
	}
	free(keyring->pairs);
	keyring->pairs = NULL;
	keyring->count = 0;
}

void
iap_keyring_close(struct iap_keyring **keyring)
{
	if (*keyring == NULL)
		return;
	forget(*keyring);
	if ((*keyring)->passphrase != NULL) {
		iap_secret_wipe((*keyring)->passphrase, strlen((*keyring)->passphrase));
		free((*keyring)->passphrase);
	}
	free((*keyring)->dir);
	free(*keyring);
	*keyring = NULL;
}

/* Reads the private key beside a certificate; its text is wiped. */
static enum iap_status
load_key(struct iap_arena *arena, const struct iap_keyring *keyring, const char *path,
    struct iap_private_key **out, struct iap_error *err)
{
	enum iap_status status;
	char *text;
	size_t size;

	if (iap_file_load(arena, path, FILE_LIMIT, &text, &size, err) != IAP_OK)
		return err->status;
	status = iap_private_key_parse(text, size, keyring->passphrase, out, err);
	iap_secret_wipe(text, size);
	return status;
}

static enum iap_status
load_pair(struct iap_arena *arena, struct iap_keyring *keyring, const char *name,
    struct iap_error *err)
{
	const int stem = (int)(strlen(name) - strlen(certificate_suffix));
	struct iap_certificate certificate;
	struct pair *pair = &keyring->pairs[keyring->count];
	char *text;
	size_t size;

	*pair = (struct pair){ 0 };
	if (iap_file_load(arena, iap_arena_format(arena, "%s/%s", keyring->dir, name), FILE_LIMIT,
	    &text, &size, err) != IAP_OK ||
	    iap_certificate_parse(arena, text, size, &certificate, err) != IAP_OK ||
	    load_key(arena, keyring, iap_arena_format(arena, "%s/%.*s%s", keyring->dir, stem, name,
	    key_suffix), &pair->key, err) != IAP_OK)
		return err->status;
	if (!iap_private_key_check(pair->key, &certificate)) {
		iap_private_key_free(&pair->key);
		return iap_error_set(err, IAP_INVALID, "key and certificate are no pair");
	}
	pair->issuer = duplicate(certificate.issuer, certificate.issuer_size);
	pair->issuer_size = certificate.issuer_size;
	pair->serial = duplicate(certificate.serial, certificate.serial_size);
	pair->serial_size = certificate.serial_size;
	memcpy(pair->by_issuer, certificate.by_issuer, sizeof pair->by_issuer);
	memcpy(pair->by_ski, certificate.by_ski, sizeof pair->by_ski);
	keyring->count++;
	return IAP_OK;
}

static void
close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

static void
load_pairs(struct iap_keyring *keyring)
{
	IAP_CLEANUP(close_dir) DIR *dir = opendir(keyring->dir);
	const struct dirent *entry;

	if (dir == NULL)
		return;
	keyring->pairs = calloc(IAP_KEYRING_MAX, sizeof *keyring->pairs);
	if (keyring->pairs == NULL)
		iap_log_die("out of memory");
	while ((entry = readdir(dir)) != NULL) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = NULL;
		struct iap_error err = { 0 };

		if (!iap_text_ends(entry->d_name, certificate_suffix))
			continue;
		if (keyring->count == IAP_KEYRING_MAX) {
			iap_log_warning("too many keys, the rest is not read max=%d", IAP_KEYRING_MAX);
			break;
		}
		arena = iap_arena_new(8 << 20);
		if (load_pair(arena, keyring, entry->d_name, &err) != IAP_OK)
			iap_log_warning("key is not used file=%s cause=%s", entry->d_name,
			    err.detail);
	}
}

/* Reads the folder again when it has changed, or may have unseen. */
static void
refresh(struct iap_keyring *keyring)
{
	struct stat st;
	struct timespec now;

	if (stat(keyring->dir, &st) < 0)
		st.st_mtim = (struct timespec){ 0 };
	if (keyring->version != 0 && keyring->settled &&
	    st.st_mtim.tv_sec == keyring->changed.tv_sec &&
	    st.st_mtim.tv_nsec == keyring->changed.tv_nsec)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	keyring->changed = st.st_mtim;
	keyring->settled = now.tv_sec > st.st_mtim.tv_sec + UNSETTLED_S;
	forget(keyring);
	load_pairs(keyring);
	keyring->version++;
}

unsigned int
iap_keyring_version(struct iap_keyring *keyring)
{
	refresh(keyring);
	return keyring->version;
}

static bool
is_named(const struct pair *pair, const struct iap_recipient *recipient)
{
	if (recipient->ski != NULL)
		return memcmp(pair->by_ski, recipient->id, sizeof pair->by_ski) == 0;
	if (memcmp(pair->by_issuer, recipient->id, sizeof pair->by_issuer) == 0)
		return true;
	/* The same name may be spelt with other string types. */
	return pair->serial_size == recipient->serial_size &&
	    memcmp(pair->serial, recipient->serial, pair->serial_size) == 0 &&
	    iap_certificate_name_equal(pair->issuer, pair->issuer_size, recipient->issuer,
	    recipient->issuer_size);
}

size_t
iap_keyring_find(struct iap_keyring *keyring, const struct iap_recipient *recipient,
    const struct iap_private_key **out, size_t max)
{
	size_t count = 0;

	refresh(keyring);
	for (size_t i = 0; i < keyring->count && count < max; i++)
		if (is_named(&keyring->pairs[i], recipient))
			out[count++] = keyring->pairs[i].key;
	return count;
}
