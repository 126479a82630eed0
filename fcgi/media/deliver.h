/* SPDX-License-Identifier: Apache-2.0 */
/* Answers one request: ticket, session, medium, and then its bytes. */
#ifndef IAP_FCGI_MEDIA_DELIVER_H
#define IAP_FCGI_MEDIA_DELIVER_H

#include "media/slot.h"

/* Answers the request that `slot` has accepted; always gives some answer. */
void iap_deliver(struct iap_slots *slots, struct iap_slot *slot);

#endif
