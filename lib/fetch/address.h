/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a request may reach; for lib/fetch only. */
#ifndef IAP_FETCH_ADDRESS_H
#define IAP_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

enum iap_address_kind {
	IAP_ADDRESS_ORDINARY,
	IAP_ADDRESS_LOOPBACK,
	IAP_ADDRESS_METADATA, /* link-local, metadata services, unspecified */
};

/*
 * What kind of address a name was resolved to. An IPv4 address in IPv6
 * clothes (::ffff:0:0/96, 64:ff9b::/96) is judged as the IPv4 address it is;
 * anything but IPv4 and IPv6 is METADATA.
 */
enum iap_address_kind iap_address_kind(const struct sockaddr *address);

/*
 * Whether the host of a URL says itself that it is this machine: "localhost",
 * a name below it, 127.0.0.0/8 or [::1] as they are commonly written.
 */
bool iap_address_check_own_host(const char *host);

#endif
