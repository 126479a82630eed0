/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The original document as a ticket allows it: one recording's slice of the
 * file, with the values of secrets overlaid. The places were found when it was
 * read into the database; nothing here understands JSON.
 */
#ifndef IAP_FCGI_MEDIA_DOCUMENT_H
#define IAP_FCGI_MEDIA_DOCUMENT_H

#include "base/error.h"
#include "media/ticket.h"
#include "storage/reader.h"

/*
 * Puts the slice and the blanks of `ticket`, which must stay, over *reader.
 * IAP_UNAVAILABLE when the object is not of the size that it had: places found
 * in it then would be wrong now, so that nothing of it is shown until the next
 * pass has read it again.
 */
IAP_MUST_CHECK enum iap_status iap_document_open(const struct iap_ticket *ticket,
    struct iap_reader **reader, struct iap_error *err);

#endif
