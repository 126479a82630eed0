/* SPDX-License-Identifier: Apache-2.0 */
/* Where the files of the schema lie. */
#ifndef IAP_CLI_SCHEMA_FOLDER_H
#define IAP_CLI_SCHEMA_FOLDER_H

#include "base/arena.h"

/*
 * The folder schema/ beside the folder this program lies in, as in a build of
 * the source; else that of the installation.
 */
const char *iap_schema_folder_find(struct iap_arena *arena);

#endif
