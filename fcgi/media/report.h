/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What playing has shown of a medium, left for the worker as an empty file
 * INTERACTION-N-STATE in a folder: iap-media has no database.
 */
#ifndef IAP_FCGI_MEDIA_REPORT_H
#define IAP_FCGI_MEDIA_REPORT_H

#include "conf/settings.h"
#include "media/state.h"
#include "media/ticket.h"

/* Leaves a report of ok, wrong_key or damaged; of no other state, nor without an interaction. */
void iap_report_save(const struct iap_settings *settings, const struct iap_ticket *ticket,
    enum iap_media_state state);

#endif
