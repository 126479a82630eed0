/* SPDX-License-Identifier: Apache-2.0 */
#include "media/decrypt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "crypto/aes.h"
#include "media/sniff.h"

/* Plain text in one step, and keys tried of one recipient. */
enum { STEP = 65536, TRIES = 8 };

struct iap_envelope {
	unsigned char key[IAP_AES_KEY_MAX];
	size_t key_size;
	unsigned char iv[IAP_AES_BLOCK];
	struct iap_chunks *chunks;
	uint64_t size; /* of the content, decrypted */
};

struct decrypt {
	struct iap_reader reader;
	struct iap_reader *object;
	struct iap_envelope *envelope;
	struct iap_aes *aes;
	unsigned char blocks[IAP_AES_BLOCK + STEP];
};

void
iap_envelope_close(struct iap_envelope **envelope)
{
	if (*envelope == NULL)
		return;
	iap_chunks_free(&(*envelope)->chunks);
	iap_secret_wipe(*envelope, sizeof **envelope);
	munlock(*envelope, sizeof **envelope);
	free(*envelope);
	*envelope = NULL;
}

uint64_t
iap_envelope_size(const struct iap_envelope *envelope)
{
	return envelope->size;
}

/* Reads exactly `size` bytes of cipher text. */
static enum iap_status
read_cipher(struct iap_envelope *envelope, struct iap_reader *object, uint64_t offset,
    void *bytes, size_t size, struct iap_error *err)
{
	size_t got;

	if (iap_chunks_read_at(envelope->chunks, object, offset, bytes, size, &got, err) != IAP_OK)
		return err->status;
	if (got != size)
		return iap_error_set(err, IAP_CORRUPT, "cms: content is cut off at %llu",
		    (unsigned long long)(offset + got));
	return IAP_OK;
}

/* What speaks for a content key: the first bytes, and the padding at the end. */
struct evidence {
	bool is_medium;
	bool is_padded;
	unsigned int pad;
};

static enum iap_status
gather(struct iap_envelope *envelope, struct iap_reader *object, struct evidence *out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_aes_close) struct iap_aes *aes =
	    iap_aes_open(envelope->key, envelope->key_size);
	uint64_t size = iap_chunks_size(envelope->chunks);
	size_t first = size < IAP_SNIFF_SIZE ? (size_t)(size & ~(uint64_t)15) : IAP_SNIFF_SIZE;
	unsigned char cipher[IAP_SNIFF_SIZE], plain[IAP_SNIFF_SIZE];
	unsigned int wrong = 0;

	*out = (struct evidence){ 0 };
	if (first == 0)
		return IAP_OK;
	if (read_cipher(envelope, object, 0, cipher, first, err) != IAP_OK)
		return err->status;
	iap_aes_decrypt(aes, envelope->iv, cipher, first, plain);
	out->is_medium = iap_sniff_check(plain, first) != IAP_SNIFF_UNKNOWN;
	if (size % IAP_AES_BLOCK != 0)
		return IAP_OK;
	/* A single block has the message's own vector before it. */
	memcpy(cipher, envelope->iv, IAP_AES_BLOCK);
	if (read_cipher(envelope, object, size - (size > IAP_AES_BLOCK ? 2 : 1) * IAP_AES_BLOCK,
	    cipher + (size > IAP_AES_BLOCK ? 0 : IAP_AES_BLOCK),
	    (size > IAP_AES_BLOCK ? 2 : 1) * IAP_AES_BLOCK, err) != IAP_OK)
		return err->status;
	iap_aes_decrypt(aes, cipher, cipher + IAP_AES_BLOCK, IAP_AES_BLOCK, plain);
	out->pad = plain[IAP_AES_BLOCK - 1];
	for (unsigned int i = 0; i < IAP_AES_BLOCK; i++)
		if (i < out->pad)
			wrong |= (unsigned int)(plain[IAP_AES_BLOCK - 1 - i] ^ out->pad);
	out->is_padded = wrong == 0 && out->pad >= 1 && out->pad <= IAP_AES_BLOCK;
	iap_secret_wipe(plain, sizeof plain);
	return IAP_OK;
}

static enum iap_status
refuse(enum iap_media_state state, const char *reason, enum iap_media_state *state_out,
    struct iap_error *err)
{
	*state_out = state;
	return iap_error_set(err, IAP_CONFLICT, "%s: %s", iap_state_name(state), reason);
}

/* Tries one key; IAP_CONFLICT when it is not the one. */
static enum iap_status
try_key(struct iap_envelope *envelope, struct iap_reader *object,
    const struct iap_recipient *recipient, const struct iap_private_key *key,
    enum iap_media_state *state_out, struct iap_error *err)
{
	struct evidence evidence;
	bool opened = iap_private_key_unwrap(key, &recipient->wrap, recipient->wrapped,
	    recipient->wrapped_size, envelope->key, envelope->key_size);

	/* Also with the random key of a failed unwrap: the work must not tell. */
	if (gather(envelope, object, &evidence, err) != IAP_OK) {
		if (err->status != IAP_CORRUPT)
			return err->status;
		*state_out = IAP_STATE_DAMAGED;
		return err->status = IAP_CONFLICT;
	}
	if (opened && evidence.is_padded) {
		envelope->size = iap_chunks_size(envelope->chunks) - evidence.pad;
		*state_out = IAP_STATE_OK;
		return IAP_OK;
	}
	if (opened && evidence.is_medium)
		return refuse(IAP_STATE_DAMAGED, "the end of the content is not there", state_out,
		    err);
	return refuse(IAP_STATE_WRONG_KEY, "the key does not open the content", state_out, err);
}

static enum iap_status
try_recipients(struct iap_envelope *envelope, struct iap_reader *object,
    const struct iap_cms *cms, struct iap_keyring *keyring, enum iap_media_state *state_out,
    struct iap_error *err)
{
	enum iap_media_state worst = IAP_STATE_NO_KEY;

	for (size_t i = 0; i < cms->recipient_count; i++) {
		const struct iap_recipient *recipient = &cms->recipients[i];
		const struct iap_private_key *keys[TRIES];
		size_t count = recipient->known_wrap
		    ? iap_keyring_find(keyring, recipient, keys, TRIES) : 0;

		for (size_t k = 0; k < count; k++) {
			enum iap_status status = try_key(envelope, object, recipient, keys[k],
			    state_out, err);

			if (status != IAP_CONFLICT)
				return status;
			/* What one key shows to be damaged, no other makes whole. */
			if (worst != IAP_STATE_DAMAGED)
				worst = *state_out;
		}
	}
	if (worst == IAP_STATE_NO_KEY)
		return refuse(worst, "no private key for any recipient", state_out, err);
	*state_out = worst;
	return err->status;
}

enum iap_status
iap_envelope_open(struct iap_reader *object, const struct iap_cms *cms,
    struct iap_keyring *keyring, struct iap_envelope **out, enum iap_media_state *state_out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_envelope_close) struct iap_envelope *envelope =
	    calloc(1, sizeof *envelope);
	enum iap_status status;

	if (envelope == NULL)
		iap_log_die("out of memory");
	mlock(envelope, sizeof *envelope);
	*state_out = IAP_STATE_UNCHECKED;
	if (cms->key_size == 0)
		return refuse(IAP_STATE_DAMAGED, "a cipher other than AES-CBC", state_out, err);
	envelope->key_size = cms->key_size;
	memcpy(envelope->iv, cms->iv, sizeof envelope->iv);
	status = iap_chunks_find(object, cms, &envelope->chunks, err);
	if (status == IAP_CORRUPT) {
		*state_out = IAP_STATE_DAMAGED;
		return err->status = IAP_CONFLICT;
	}
	if (status != IAP_OK ||
	    try_recipients(envelope, object, cms, keyring, state_out, err) != IAP_OK)
		return err->status;
	*out = envelope;
	envelope = NULL;
	return IAP_OK;
}

static enum iap_status
decrypt_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct decrypt *decrypt = (struct decrypt *)reader;
	uint64_t left = reader->size - offset;
	uint64_t block = offset & ~(uint64_t)(IAP_AES_BLOCK - 1);
	size_t skip = (size_t)(offset - block), span;
	enum iap_status status;

	size = size < left ? size : (size_t)left;
	span = (skip + size + IAP_AES_BLOCK - 1) & ~(size_t)(IAP_AES_BLOCK - 1);
	span = span < STEP ? span : STEP;
	if (block == 0) {
		memcpy(decrypt->blocks, decrypt->envelope->iv, IAP_AES_BLOCK);
		status = read_cipher(decrypt->envelope, decrypt->object, 0,
		    decrypt->blocks + IAP_AES_BLOCK, span, err);
	} else {
		status = read_cipher(decrypt->envelope, decrypt->object, block - IAP_AES_BLOCK,
		    decrypt->blocks, IAP_AES_BLOCK + span, err);
	}
	if (status != IAP_OK)
		return status;
	iap_aes_decrypt(decrypt->aes, decrypt->blocks, decrypt->blocks + IAP_AES_BLOCK, span,
	    decrypt->blocks + IAP_AES_BLOCK);
	*got = span - skip < size ? span - skip : size;
	memcpy(bytes, decrypt->blocks + IAP_AES_BLOCK + skip, *got);
	return IAP_OK;
}

static void
decrypt_close(struct iap_reader *reader)
{
	struct decrypt *decrypt = (struct decrypt *)reader;

	iap_aes_close(&decrypt->aes);
	iap_reader_close(&decrypt->object);
	iap_secret_wipe(decrypt, sizeof *decrypt);
	free(decrypt);
}

static const struct iap_reader_ops decrypt_ops = {
	.read_at = decrypt_read_at,
	.close = decrypt_close,
};

struct iap_reader *
iap_decrypt_open(struct iap_reader **object, struct iap_envelope *envelope)
{
	struct decrypt *decrypt = calloc(1, sizeof *decrypt);

	if (decrypt == NULL)
		iap_log_die("out of memory");
	decrypt->reader.ops = &decrypt_ops;
	decrypt->reader.size = envelope->size;
	decrypt->reader.mtime_ns = (*object)->mtime_ns;
	decrypt->object = *object;
	decrypt->envelope = envelope;
	decrypt->aes = iap_aes_open(envelope->key, envelope->key_size);
	*object = NULL;
	return &decrypt->reader;
}
