/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about single request headers. A header that was not sent is NULL. */
#ifndef IAP_HTTP_HEADER_H
#define IAP_HTTP_HEADER_H

#include <stdbool.h>

/* Whether a Content-Type is `type` ("application/json"), whatever its parameters and case. */
bool iap_header_check_type(const char *content_type, const char *type);

/*
 * Whether a request that changes something comes from our own pages or from
 * no page at all: Sec-Fetch-Site (Fetch Metadata) is same-origin, none or
 * absent; without it an Origin (RFC 6454) has to name `host`.
 */
bool iap_header_check_site(const char *sec_fetch_site, const char *origin, const char *host);

/* Whether Host, with or without a port, names this machine itself. */
bool iap_header_check_loopback_host(const char *host);

/* Whether an IPv4 or IPv6 address is one of this machine's loopback. */
bool iap_header_check_loopback_address(const char *address);

#endif
