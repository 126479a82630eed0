/* SPDX-License-Identifier: Apache-2.0 */
#include "media/cms.h"

#include <string.h>

#include "base/macros.h"
#include "media/armour.h"
#include "media/ber.h"
#include "media/chunks.h"

/* A message is read in growing pieces from its beginning. */
enum { FIRST_PIECE = 4096, SNIFFED = 64, HEADER_ARENA = 16 << 20 };

/* Contents of object identifiers. */
static const char oid_enveloped[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
static const char oid_rsa[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
static const char oid_oaep[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07";
static const char oid_mgf1[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08";

static const struct { const char *oid; size_t size; enum iap_digest digest; } digests[] = {
	{ "\x2b\x0e\x03\x02\x1a", 5, IAP_DIGEST_SHA1 },
	{ "\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9, IAP_DIGEST_SHA224 },
	{ "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9, IAP_DIGEST_SHA256 },
	{ "\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9, IAP_DIGEST_SHA384 },
	{ "\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9, IAP_DIGEST_SHA512 },
};

static const struct { const char *oid; size_t size; size_t key_size; } ciphers[] = {
	{ "\x60\x86\x48\x01\x65\x03\x04\x01\x02", 9, 16 },
	{ "\x60\x86\x48\x01\x65\x03\x04\x01\x16", 9, 24 },
	{ "\x60\x86\x48\x01\x65\x03\x04\x01\x2a", 9, 32 },
};

/* What is being read, and where to. */
struct parse {
	struct iap_ber ber;
	struct iap_arena *arena;
};

static bool
is_oid(const struct parse *parse, const struct iap_ber_element *element, const char *oid,
    size_t size)
{
	return element->length == size &&
	    memcmp(parse->ber.bytes + element->content, oid, size) == 0;
}

static const unsigned char *
copy(const struct parse *parse, uint64_t from, size_t size)
{
	return (const unsigned char *)iap_arena_copy_bytes(parse->arena,
	    parse->ber.bytes + from, size);
}

/* The octets of one OCTET STRING, also of one sent in parts (one level, as anybody writes). */
static enum iap_status
take_octets(struct parse *parse, struct iap_ber_scope *scope, unsigned char tag,
    const unsigned char **out, size_t *size_out, struct iap_error *err)
{
	struct iap_ber_element element;
	struct iap_ber_scope parts;
	unsigned char *joined;
	uint64_t begin = scope->at;

	if (iap_ber_peek(&parse->ber, scope, &element, err) == IAP_OK && element.tag == tag) {
		if (iap_ber_take(&parse->ber, scope, tag, &element, err) != IAP_OK)
			return err->status;
		*size_out = (size_t)element.length;
		*out = copy(parse, element.content, *size_out);
		return IAP_OK;
	}
	if (iap_ber_open(&parse->ber, scope, tag | 0x20, &parts, err) != IAP_OK)
		return err->status;
	if (scope->at > parse->ber.size) {
		parse->ber.starved = parse->ber.size < parse->ber.total;
		return iap_error_set(err, IAP_CORRUPT, "cms: cut off");
	}
	joined = iap_arena_alloc(parse->arena, (size_t)(scope->at - begin));
	*size_out = 0;
	while (iap_ber_peek(&parse->ber, &parts, &element, err) == IAP_OK) {
		if (iap_ber_take(&parse->ber, &parts, IAP_BER_OCTETS, &element, err) != IAP_OK)
			return err->status;
		memcpy(joined + *size_out, parse->ber.bytes + element.content,
		    (size_t)element.length);
		*size_out += (size_t)element.length;
	}
	*out = joined;
	return err->status == IAP_NOT_FOUND ? IAP_OK : err->status;
}

/* AlgorithmIdentifier of a digest, or of MGF1 with one in it. */
static enum iap_status
read_digest(struct parse *parse, struct iap_ber_scope *scope, bool mask,
    enum iap_digest *out, bool *known, struct iap_error *err)
{
	struct iap_ber_scope inner;
	struct iap_ber_element oid;

	if (iap_ber_open(&parse->ber, scope, IAP_BER_SEQUENCE, &inner, err) != IAP_OK ||
	    iap_ber_take(&parse->ber, &inner, IAP_BER_OID, &oid, err) != IAP_OK)
		return err->status;
	if (mask) {
		if (!is_oid(parse, &oid, oid_mgf1, sizeof oid_mgf1 - 1)) {
			*known = false;
			return IAP_OK;
		}
		return read_digest(parse, &inner, false, out, known, err);
	}
	for (size_t i = 0; i < IAP_LENGTH(digests); i++)
		if (is_oid(parse, &oid, digests[i].oid, digests[i].size)) {
			*out = digests[i].digest;
			return IAP_OK;
		}
	*known = false;
	return IAP_OK;
}

/* RSAES-OAEP-params (RFC 8017 A.2.1); what is left out is SHA-1 and no label. */
static enum iap_status
read_oaep(struct parse *parse, struct iap_ber_scope *scope, struct iap_recipient *out,
    struct iap_error *err)
{
	struct iap_ber_scope fields, field;
	struct iap_ber_element element;

	out->wrap.oaep = true;
	if (iap_ber_peek(&parse->ber, scope, &element, err) != IAP_OK)
		return err->status == IAP_NOT_FOUND ? IAP_OK : err->status;
	if (iap_ber_open(&parse->ber, scope, IAP_BER_SEQUENCE, &fields, err) != IAP_OK)
		return err->status;
	while (iap_ber_peek(&parse->ber, &fields, &element, err) == IAP_OK) {
		enum iap_status status = IAP_OK;

		field = iap_ber_enter(&fields, &element);
		if (element.tag == IAP_BER_CONTEXT_PARTS)
			status = read_digest(parse, &field, false, &out->wrap.digest,
			    &out->known_wrap, err);
		else if (element.tag == IAP_BER_CONTEXT_PARTS + 1)
			status = read_digest(parse, &field, true, &out->wrap.mask,
			    &out->known_wrap, err);
		else
			out->known_wrap = false;
		if (status != IAP_OK ||
		    iap_ber_skip(&parse->ber, &fields, &element, err) != IAP_OK)
			return err->status;
	}
	return err->status == IAP_NOT_FOUND ? IAP_OK : err->status;
}

static enum iap_status
read_wrap(struct parse *parse, struct iap_ber_scope *scope, struct iap_recipient *out,
    struct iap_error *err)
{
	struct iap_ber_scope algorithm;
	struct iap_ber_element oid;

	if (iap_ber_open(&parse->ber, scope, IAP_BER_SEQUENCE, &algorithm, err) != IAP_OK ||
	    iap_ber_take(&parse->ber, &algorithm, IAP_BER_OID, &oid, err) != IAP_OK)
		return err->status;
	out->known_wrap = true;
	if (is_oid(parse, &oid, oid_rsa, sizeof oid_rsa - 1))
		return IAP_OK;
	if (is_oid(parse, &oid, oid_oaep, sizeof oid_oaep - 1))
		return read_oaep(parse, &algorithm, out, err);
	out->known_wrap = false;
	return IAP_OK;
}

static enum iap_status
read_issuer_and_serial(struct parse *parse, struct iap_ber_scope *scope,
    struct iap_recipient *out, struct iap_error *err)
{
	struct iap_ber_element name, serial;
	struct iap_ber_scope inner;

	if (iap_ber_open(&parse->ber, scope, IAP_BER_SEQUENCE, &inner, err) != IAP_OK ||
	    iap_ber_take(&parse->ber, &inner, IAP_BER_SEQUENCE, &name, err) != IAP_OK ||
	    iap_ber_take(&parse->ber, &inner, IAP_BER_INTEGER, &serial, err) != IAP_OK)
		return err->status;
	out->issuer_size = (size_t)(name.content + name.length - name.begin);
	out->issuer = copy(parse, name.begin, out->issuer_size);
	out->serial_size = (size_t)serial.length;
	out->serial = copy(parse, serial.content, out->serial_size);
	out->issuer_text = iap_certificate_name_format(parse->arena, out->issuer,
	    out->issuer_size);
	out->serial_text = iap_certificate_serial_format(parse->arena, out->serial,
	    out->serial_size);
	iap_certificate_id_issuer(out->issuer, out->issuer_size, out->serial, out->serial_size,
	    out->id);
	return IAP_OK;
}

/* KeyTransRecipientInfo (RFC 5652 6.2.1). */
static enum iap_status
read_recipient(struct parse *parse, struct iap_ber_scope fields, struct iap_recipient *out,
    struct iap_error *err)
{
	struct iap_ber_element version, rid;

	*out = (struct iap_recipient){ 0 };
	if (iap_ber_take(&parse->ber, &fields, IAP_BER_INTEGER, &version, err) != IAP_OK ||
	    iap_ber_peek(&parse->ber, &fields, &rid, err) != IAP_OK)
		return err->status;
	if ((rid.tag & ~0x20) == IAP_BER_CONTEXT) {
		if (take_octets(parse, &fields, IAP_BER_CONTEXT, &out->ski, &out->ski_size,
		    err) != IAP_OK)
			return err->status;
		iap_certificate_id_ski(out->ski, out->ski_size, out->id);
	} else if (read_issuer_and_serial(parse, &fields, out, err) != IAP_OK) {
		return err->status;
	}
	if (read_wrap(parse, &fields, out, err) != IAP_OK)
		return err->status;
	return take_octets(parse, &fields, IAP_BER_OCTETS, &out->wrapped, &out->wrapped_size,
	    err);
}

static enum iap_status
read_recipients(struct parse *parse, struct iap_ber_scope *scope, struct iap_cms *out,
    struct iap_error *err)
{
	struct iap_recipient *recipients;
	struct iap_ber_element element;
	struct iap_ber_scope set, counted;
	size_t count = 0;

	if (iap_ber_open(&parse->ber, scope, IAP_BER_SET, &set, err) != IAP_OK)
		return err->status;
	for (counted = set; iap_ber_peek(&parse->ber, &counted, &element, err) == IAP_OK; count++)
		if (iap_ber_skip(&parse->ber, &counted, &element, err) != IAP_OK)
			return err->status;
	if (err->status != IAP_NOT_FOUND)
		return err->status;
	if (count > IAP_CMS_RECIPIENTS_MAX)
		return iap_error_set(err, IAP_CORRUPT, "cms: %zu recipients", count);
	recipients = iap_arena_array(parse->arena, count, sizeof *recipients);
	while (iap_ber_peek(&parse->ber, &set, &element, err) == IAP_OK) {
		if (element.tag == IAP_BER_SEQUENCE &&
		    read_recipient(parse, iap_ber_enter(&set, &element),
		    &recipients[out->recipient_count++], err) != IAP_OK)
			return err->status;
		if (iap_ber_skip(&parse->ber, &set, &element, err) != IAP_OK)
			return err->status;
	}
	out->recipients = recipients;
	return err->status == IAP_NOT_FOUND ? IAP_OK : err->status;
}

static enum iap_status
read_cipher(struct parse *parse, struct iap_ber_scope *scope, struct iap_cms *out,
    struct iap_error *err)
{
	struct iap_ber_scope algorithm;
	struct iap_ber_element oid;
	const unsigned char *iv;
	size_t iv_size;

	if (iap_ber_open(&parse->ber, scope, IAP_BER_SEQUENCE, &algorithm, err) != IAP_OK ||
	    iap_ber_take(&parse->ber, &algorithm, IAP_BER_OID, &oid, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < IAP_LENGTH(ciphers); i++)
		if (is_oid(parse, &oid, ciphers[i].oid, ciphers[i].size))
			out->key_size = ciphers[i].key_size;
	if (out->key_size == 0)
		return IAP_OK;
	if (take_octets(parse, &algorithm, IAP_BER_OCTETS, &iv, &iv_size, err) != IAP_OK)
		return err->status;
	if (iv_size != sizeof out->iv)
		return iap_error_set(err, IAP_CORRUPT, "cms: a vector of %zu bytes", iv_size);
	memcpy(out->iv, iv, sizeof out->iv);
	return IAP_OK;
}

/* EncryptedContentInfo (RFC 5652 6.1); the content itself is only located. */
static enum iap_status
read_content(struct parse *parse, const struct iap_ber_scope *scope, unsigned int open_levels,
    struct iap_cms *out, struct iap_error *err)
{
	struct iap_ber_element element, type;
	struct iap_ber_scope inner;

	if (iap_ber_peek(&parse->ber, scope, &element, err) != IAP_OK)
		return err->status;
	if (element.tag != IAP_BER_SEQUENCE)
		return iap_error_set(err, IAP_CORRUPT, "cms: no EncryptedContentInfo");
	inner = iap_ber_enter(scope, &element);
	open_levels += element.indefinite;
	if (iap_ber_take(&parse->ber, &inner, IAP_BER_OID, &type, err) != IAP_OK ||
	    read_cipher(parse, &inner, out, err) != IAP_OK)
		return err->status;
	if (iap_ber_peek(&parse->ber, &inner, &element, err) != IAP_OK) {
		out->layout = IAP_CMS_DETACHED;
		return err->status == IAP_NOT_FOUND ? IAP_OK : err->status;
	}
	if ((element.tag & ~0x20) != IAP_BER_CONTEXT)
		return iap_error_set(err, IAP_CORRUPT, "cms: no encrypted content");
	out->layout = element.tag == IAP_BER_CONTEXT ? IAP_CMS_PRIMITIVE : IAP_CMS_CHUNKED;
	out->content = element.content;
	out->content_size = element.length;
	out->indefinite = element.indefinite;
	out->open_levels = open_levels + element.indefinite;
	return IAP_OK;
}

/* ContentInfo and EnvelopedData (RFC 5652 3 and 6.1). */
static enum iap_status
read_message(struct parse *parse, struct iap_cms *out, struct iap_error *err)
{
	static const unsigned char tags[] = { IAP_BER_SEQUENCE, IAP_BER_CONTEXT_PARTS,
		IAP_BER_SEQUENCE };
	struct iap_ber_scope scope = iap_ber_root();
	struct iap_ber_element element;
	unsigned int open_levels = 0;

	for (size_t i = 0; i < IAP_LENGTH(tags); i++) {
		if (iap_ber_peek(&parse->ber, &scope, &element, err) != IAP_OK)
			return err->status;
		if (element.tag != tags[i])
			return iap_error_set(err, IAP_CORRUPT, "cms: no EnvelopedData");
		scope = iap_ber_enter(&scope, &element);
		open_levels += element.indefinite;
		if (i == 0 && (iap_ber_take(&parse->ber, &scope, IAP_BER_OID, &element, err) !=
		    IAP_OK))
			return err->status;
		if (i == 0 && !is_oid(parse, &element, oid_enveloped, sizeof oid_enveloped - 1))
			return iap_error_set(err, IAP_CORRUPT, "cms: no EnvelopedData");
	}
	if (iap_ber_take(&parse->ber, &scope, IAP_BER_INTEGER, &element, err) != IAP_OK ||
	    iap_ber_peek(&parse->ber, &scope, &element, err) != IAP_OK)
		return err->status;
	if (element.tag == IAP_BER_CONTEXT_PARTS &&
	    iap_ber_skip(&parse->ber, &scope, &element, err) != IAP_OK)
		return err->status;
	if (read_recipients(parse, &scope, out, err) != IAP_OK)
		return err->status;
	return read_content(parse, &scope, open_levels, out, err);
}

/* One try with what is in memory; an end where there must be none is damage. */
static enum iap_status
parse_message(struct parse *parse, struct iap_cms *out, struct iap_error *err)
{
	enum iap_status status;

	*out = (struct iap_cms){ 0 };
	status = read_message(parse, out, err);
	if (status == IAP_NOT_FOUND)
		return iap_error_set(err, IAP_CORRUPT, "cms: ends too early");
	return status;
}

enum iap_status
iap_cms_parse(struct iap_arena *arena, const void *bytes, size_t size, struct iap_cms *out,
    struct iap_error *err)
{
	struct parse parse = {
		.ber = { .bytes = bytes, .size = size, .total = size },
		.arena = arena,
	};

	return parse_message(&parse, out, err);
}

enum iap_status
iap_cms_read(struct iap_arena *arena, struct iap_reader *reader, struct iap_cms *out,
    struct iap_error *err)
{
	for (size_t size = FIRST_PIECE;; size *= 8) {
		struct parse parse = { .ber = { .total = reader->size }, .arena = arena };
		unsigned char *bytes;

		size = size > IAP_CMS_HEADER_MAX ? IAP_CMS_HEADER_MAX : size;
		bytes = iap_arena_alloc(arena, size);
		if (iap_reader_read_at(reader, 0, bytes, size, &parse.ber.size, err) != IAP_OK)
			return err->status;
		parse.ber.bytes = bytes;
		if (parse_message(&parse, out, err) == IAP_OK)
			return IAP_OK;
		if (!parse.ber.starved || size == IAP_CMS_HEADER_MAX || parse.ber.size < size)
			return err->status;
	}
}

bool
iap_cms_check(const void *bytes, size_t size)
{
	struct parse parse = { .ber = { .bytes = bytes, .size = size < SNIFFED ? size : SNIFFED,
		.total = UINT64_MAX } };
	struct iap_ber_scope scope = iap_ber_root();
	struct iap_ber_element element;
	struct iap_error err;

	if (iap_ber_peek(&parse.ber, &scope, &element, &err) != IAP_OK ||
	    element.tag != IAP_BER_SEQUENCE)
		return false;
	scope = iap_ber_enter(&scope, &element);
	return iap_ber_take(&parse.ber, &scope, IAP_BER_OID, &element, &err) == IAP_OK &&
	    is_oid(&parse, &element, oid_enveloped, sizeof oid_enveloped - 1);
}

enum iap_status
iap_cms_from_text(struct iap_arena *arena, const char *text, const unsigned char **bytes_out,
    size_t *size_out, struct iap_error *err)
{
	size_t length = strnlen(text, 2 * IAP_CMS_HEADER_MAX);
	size_t body = iap_armour_body(text, length);
	unsigned char *bytes;

	if (length == 2 * IAP_CMS_HEADER_MAX)
		return iap_error_set(err, IAP_INVALID, "an envelope of more than %d characters",
		    2 * IAP_CMS_HEADER_MAX);
	bytes = iap_arena_alloc(arena, (length - body) / 4 * 3 + 3);
	if (!iap_armour_decode(text + body, length - body, bytes, size_out) || *size_out == 0)
		return iap_error_set(err, IAP_INVALID, "the envelope is not base64");
	*bytes_out = bytes;
	return IAP_OK;
}

enum iap_status
iap_cms_content_size(struct iap_reader *reader, uint64_t *size_out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(HEADER_ARENA);
	IAP_CLEANUP(iap_chunks_free) struct iap_chunks *chunks = NULL;
	struct iap_cms cms;

	if (iap_cms_read(arena, reader, &cms, err) != IAP_OK ||
	    iap_chunks_find(reader, &cms, &chunks, err) != IAP_OK)
		return err->status;
	*size_out = cms.layout == IAP_CMS_DETACHED ? 0 : iap_chunks_size(chunks);
	return IAP_OK;
}
