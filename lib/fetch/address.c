/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static enum iap_address_kind
kind_of_ipv4(uint32_t address)
{
	if (address >> 24 == 127)
		return IAP_ADDRESS_LOOPBACK;
	/* Link-local (RFC 3927), "this network", multicast and above, Alibaba's and Oracle's. */
	if (address >> 16 == 0xA9FE || address >> 24 == 0 || address >> 28 >= 0xE ||
	    address == 0x646464C8 || address >> 8 == 0xC00000)
		return IAP_ADDRESS_METADATA;
	return IAP_ADDRESS_ORDINARY;
}

static enum iap_address_kind
kind_of_ipv6(const unsigned char *address)
{
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	static const unsigned char nat64[12] = { 0x00, 0x64, 0xFF, 0x9B };
	static const unsigned char zero[16], loopback[16] = { [15] = 1 };
	/* fd00:ec2::/32, where EC2 keeps its metadata, credentials and time. */
	static const unsigned char ec2[4] = { 0xFD, 0x00, 0x0E, 0xC2 };

	if (memcmp(address, loopback, 16) == 0)
		return IAP_ADDRESS_LOOPBACK;
	if (memcmp(address, zero, 16) == 0)
		return IAP_ADDRESS_METADATA;
	if (memcmp(address, mapped, 12) == 0 || memcmp(address, nat64, 12) == 0 ||
	    memcmp(address, zero, 12) == 0)
		return kind_of_ipv4((uint32_t)address[12] << 24 | (uint32_t)address[13] << 16 |
		    (uint32_t)address[14] << 8 | address[15]);
	if ((address[0] == 0xFE && (address[1] & 0xC0) == 0x80) || address[0] == 0xFF ||
	    memcmp(address, ec2, sizeof ec2) == 0)
		return IAP_ADDRESS_METADATA;
	return IAP_ADDRESS_ORDINARY;
}

enum iap_address_kind
iap_address_kind(const struct sockaddr *address)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;

	switch (address->sa_family) {
	case AF_INET:
		memcpy(&ipv4, address, sizeof ipv4);
		return kind_of_ipv4(ntohl(ipv4.sin_addr.s_addr));
	case AF_INET6:
		memcpy(&ipv6, address, sizeof ipv6);
		return kind_of_ipv6(ipv6.sin6_addr.s6_addr);
	default:
		return IAP_ADDRESS_METADATA;
	}
}

bool
iap_address_check_own_host(const char *host)
{
	size_t length = strlen(host);
	struct in_addr ipv4;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	    (length > 10 && strcasecmp(host + length - 10, ".localhost") == 0))
		return true;
	return inet_pton(AF_INET, host, &ipv4) == 1 && ntohl(ipv4.s_addr) >> 24 == 127;
}
