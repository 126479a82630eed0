/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that have ended: iap-web leaves an empty file named by the hash of
 * each in a folder, so that what they were still allowed ends within seconds.
 */
#ifndef IAP_FCGI_MEDIA_ENDED_H
#define IAP_FCGI_MEDIA_ENDED_H

#include <stdbool.h>

#include "conf/settings.h"
#include "media/ticket.h"

/* Whether the session has ended; when that cannot be found out it has. */
bool iap_ended_check(const struct iap_settings *settings,
    const unsigned char session[IAP_TICKET_SESSION_SIZE]);

/* Whether the ticket is of no session (all zeros): the worker's own. */
bool iap_ended_is_none(const unsigned char session[IAP_TICKET_SESSION_SIZE]);

#endif
