/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a command line: words and `--name value`, `--name=value` or `--name`
 * in any order; after `--` there are only words. Every program has --config,
 * --help and --version, before or after its subcommand.
 */
#ifndef IAP_CONF_OPTIONS_H
#define IAP_CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

struct iap_options_common {
	const char *config; /* after iap_options_parse() never NULL: IAP_CONFIG_FILE unless given */
	bool help;
	bool version;
};

enum iap_option_type {
	IAP_OPTION_FLAG, /* sets *flag */
	IAP_OPTION_TEXT, /* sets *text; given twice is an error */
	IAP_OPTION_LIST, /* adds to *list */
};

struct iap_option_list {
	const char **items;
	size_t count;
};

struct iap_option {
	const char *name; /* without the dashes */
	enum iap_option_type type;
	union {
		bool *flag;
		const char **text;
		struct iap_option_list *list;
	} to;
};

/* A command line that is read from the left. */
struct iap_arguments {
	int count;
	char **items;
};

/* All of main()'s arguments but the program's name. */
struct iap_arguments iap_arguments_open(int argc, char **argv);

/*
 * Reads the common options before the first word into the empty *common, and
 * leaves the rest. IAP_INVALID for an unknown option.
 */
IAP_MUST_CHECK enum iap_status iap_options_begin(struct iap_arguments *arguments,
    struct iap_options_common *common, struct iap_error *err);

/*
 * Reads all that is left: the common options, those of `table`, and words.
 * IAP_INVALID, with a sentence for the user, for an unknown option (and the
 * nearest one), one without its value, or with a value it does not take.
 */
IAP_MUST_CHECK enum iap_status iap_options_parse(struct iap_arena *arena,
    struct iap_arguments *arguments, const struct iap_option *table, size_t count,
    struct iap_options_common *common, struct iap_option_list *words,
    struct iap_error *err);

#endif
