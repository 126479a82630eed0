/* SPDX-License-Identifier: Apache-2.0 */
#include "http/header.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

bool
iap_header_check_type(const char *content_type, const char *type)
{
	size_t length = strlen(type);

	if (content_type == NULL || strncasecmp(content_type, type, length) != 0)
		return false;
	content_type += length;
	content_type += strspn(content_type, " \t");
	return *content_type == '\0' || *content_type == ';';
}

bool
iap_header_check_site(const char *sec_fetch_site, const char *origin, const char *host)
{
	const char *authority;

	if (sec_fetch_site != NULL)
		return strcmp(sec_fetch_site, "same-origin") == 0 ||
		    strcmp(sec_fetch_site, "none") == 0;
	if (origin == NULL)
		return true;
	authority = strstr(origin, "://");
	return authority != NULL && host != NULL && strcasecmp(authority + 3, host) == 0;
}

bool
iap_header_check_loopback_host(const char *host)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

	for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
		size_t length = strlen(names[i]);

		if (strncasecmp(host, names[i], length) == 0 &&
		    (host[length] == '\0' || host[length] == ':'))
			return true;
	}
	return false;
}

bool
iap_header_check_loopback_address(const char *address)
{
	return address != NULL && (iap_text_begins(address, "127.") ||
	    strcmp(address, "::1") == 0 || strcmp(address, "unix:") == 0);
}
