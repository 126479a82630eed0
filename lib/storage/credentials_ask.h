/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to metadata and token services; for the providers of lib/storage only. */
#ifndef IAP_STORAGE_CREDENTIALS_ASK_H
#define IAP_STORAGE_CREDENTIALS_ASK_H

#include "fetch/fetch.h"
#include "json/json.h"
#include "conf/ini.h"
#include "storage/credentials.h"

enum iap_credentials_way {
	IAP_CREDENTIALS_BY_HTTPS,    /* a service of the internet, by proxies where there are */
	IAP_CREDENTIALS_BY_MACHINE,  /* this machine's metadata service; plain http, no proxy */
};

/*
 * Sends `request` a few times where that helps. IAP_NOT_FOUND when nobody
 * listens there, IAP_UNAVAILABLE when nothing whole came; any code is IAP_OK.
 */
IAP_MUST_CHECK enum iap_status iap_credentials_ask(const struct iap_credentials_conf *conf,
    struct iap_arena *arena, enum iap_credentials_way way,
    const struct iap_fetch_request *request, struct iap_fetch_answer *answer,
    struct iap_error *err);

/* The same for services that answer 200 and JSON; anything else is IAP_UNAVAILABLE. */
IAP_MUST_CHECK enum iap_status iap_credentials_ask_json(const struct iap_credentials_conf *conf,
    struct iap_arena *arena, enum iap_credentials_way way,
    const struct iap_fetch_request *request, struct iap_json **out, struct iap_error *err);

/* A variable of the environment; NULL when it is not set or empty. */
const char *iap_credentials_env(const char *name);

/* Text of a small file, such as a token that the platform renews. */
IAP_MUST_CHECK enum iap_status iap_credentials_load(struct iap_arena *arena, const char *path,
    const char **text_out, struct iap_error *err);

/* What a provider says of itself where the platform does not offer it: IAP_NOT_FOUND. */
enum iap_status iap_credentials_refuse(struct iap_error *err);

/*
 * The file of the source's own configuration; out->from names it. IAP_NOT_FOUND when
 * none is configured, IAP_UNAVAILABLE when it cannot be read.
 */
IAP_MUST_CHECK enum iap_status iap_credentials_load_conf(const struct iap_credentials_conf *conf,
    struct iap_arena *arena, struct iap_ini *ini, struct iap_credential *out,
    struct iap_error *err);

#endif
