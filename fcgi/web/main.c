/* SPDX-License-Identifier: Apache-2.0 */
/* iap-web: pages and the JSON API. Has the database; has no keys and no storage. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "conf/options.h"
#include "web/route.h"
#include "web/serve.h"
#include "web/server.h"

enum { EXIT_USAGE = 2, OPTIONS_ARENA = 1 << 20 };

static const char usage[] =
    "usage: iap-web [--config FILE]   answers FastCGI requests on descriptor 0\n"
    "       iap-web --routes          prints method, path, needs, audit, page, parameters\n";

static int
serve(const char *config)
{
	struct iap_error err = { 0 };
	struct iap_server server;
	int code = EXIT_FAILURE;

	if (iap_server_open(config, &server, &err) != IAP_OK)
		iap_log_error("iap-web cannot start: %s", err.detail);
	else
		code = iap_serve(&server);
	iap_server_close(&server);
	return code;
}

int
main(int argc, char **argv)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(OPTIONS_ARENA);
	struct iap_arguments arguments = iap_arguments_open(argc, argv);
	struct iap_options_common common = { 0 };
	struct iap_option_list words = { 0 };
	struct iap_error err = { 0 };
	bool routes = false;
	const struct iap_option options[] = {
		{ "routes", IAP_OPTION_FLAG, { .flag = &routes } },
	};

	if (iap_options_parse(arena, &arguments, options, IAP_LENGTH(options), &common, &words,
	    &err) != IAP_OK || words.count > 0) {
		fprintf(stderr, "iap-web: %s\n%s", err.status != IAP_OK ? err.detail :
		    "takes no words", usage);
		return EXIT_USAGE;
	}
	if (common.help || common.version) {
		fputs(common.help ? usage : PACKAGE_STRING "\n", stdout);
		return EXIT_SUCCESS;
	}
	if (routes) {
		iap_routes_print(stdout);
		return EXIT_SUCCESS;
	}
	return serve(common.config);
}
