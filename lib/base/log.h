/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines on standard error, one a line, `level sentence key=value ...`, as
 * journald and the quick start take them. error: a person must act; warning:
 * IAP coped, but somebody should know; info: what the product did.
 * Control characters in values are escaped; secrets are never passed.
 */
#ifndef IAP_BASE_LOG_H
#define IAP_BASE_LOG_H

#include "base/error.h"

void iap_log_error(const char *format, ...) IAP_PRINTF(1, 2);
void iap_log_warning(const char *format, ...) IAP_PRINTF(1, 2);
void iap_log_info(const char *format, ...) IAP_PRINTF(1, 2);

/* Says why and ends the process; for what IAP itself guarantees, never for input. */
void iap_log_die(const char *format, ...) IAP_PRINTF(1, 2) __attribute__((noreturn));

#endif
