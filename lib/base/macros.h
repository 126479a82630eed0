/* SPDX-License-Identifier: Apache-2.0 */
/* The few macros IAP allows itself; each only tells the compiler something. */
#ifndef IAP_BASE_MACROS_H
#define IAP_BASE_MACROS_H

#include <stddef.h>

/* A result that must not be ignored. */
#define IAP_MUST_CHECK __attribute__((warn_unused_result))

/* The compiler checks the format string at `text` against the values from `first`. */
#define IAP_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* `close(&variable)` runs when the variable goes out of scope; that alone may be its use. */
#define IAP_CLEANUP(close) __attribute__((cleanup(close), unused))

#define IAP_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
