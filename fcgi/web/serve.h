/* SPDX-License-Identifier: Apache-2.0 */
/* Takes requests from nginx, one at a time. */
#ifndef IAP_WEB_SERVE_H
#define IAP_WEB_SERVE_H

#include "web/server.h"

/* Answers requests on file descriptor 0 until SIGTERM; gives the exit code. */
int iap_serve(struct iap_server *server);

#endif
