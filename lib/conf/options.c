/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/options.h"

#include <string.h>

#include "conf/suggest.h"

enum { COMMON_COUNT = 3 };

static void
common_table(struct iap_options_common *common, struct iap_option table[COMMON_COUNT])
{
	table[0] = (struct iap_option){ "config", IAP_OPTION_TEXT, { .text = &common->config } };
	table[1] = (struct iap_option){ "help", IAP_OPTION_FLAG, { .flag = &common->help } };
	table[2] = (struct iap_option){ "version", IAP_OPTION_FLAG, { .flag = &common->version } };
}

struct iap_arguments
iap_arguments_open(int argc, char **argv)
{
	return argc > 0 ? (struct iap_arguments){ argc - 1, argv + 1 } :
	    (struct iap_arguments){ 0, argv };
}

static char *
next_item(struct iap_arguments *arguments)
{
	if (arguments->count == 0)
		return NULL;
	arguments->count--;
	return *arguments->items++;
}

/* Whether `item` is "--name" or "--name=value"; *value is NULL without one. */
static bool
is_named(const char *item, const char *name, const char **value)
{
	size_t length = strlen(name);

	if (strncmp(item + 2, name, length) != 0)
		return false;
	if (item[2 + length] != '\0' && item[2 + length] != '=')
		return false;
	*value = item[2 + length] == '=' ? item + 2 + length + 1 : NULL;
	return true;
}

static const struct iap_option *
find_option(const struct iap_option *table, size_t count, const char *item, const char **value)
{
	for (size_t i = 0; i < count; i++)
		if (is_named(item, table[i].name, value))
			return &table[i];
	return NULL;
}

static enum iap_status
refuse_unknown(const char *item, const struct iap_option *table, size_t count,
    const struct iap_option *common, struct iap_error *err)
{
	struct iap_suggest suggest;

	iap_suggest_open(&suggest, item + 2);
	for (size_t i = 0; i < count; i++)
		iap_suggest_add(&suggest, table[i].name);
	for (size_t i = 0; i < COMMON_COUNT; i++)
		iap_suggest_add(&suggest, common[i].name);
	if (suggest.best == NULL)
		return iap_error_set(err, IAP_INVALID, "unknown option %s", item);
	return iap_error_set(err, IAP_INVALID, "unknown option %s; did you mean --%s?", item,
	    suggest.best);
}

static void
add_item(struct iap_arena *arena, struct iap_option_list *list, const char *item)
{
	const char **longer = iap_arena_array(arena, list->count + 1, sizeof *longer);

	if (list->count > 0)
		memcpy(longer, list->items, list->count * sizeof *longer);
	longer[list->count++] = item;
	list->items = longer;
}

static enum iap_status
apply(struct iap_arena *arena, const struct iap_option *option, const char *value,
    struct iap_arguments *arguments, struct iap_error *err)
{
	if (option->type == IAP_OPTION_FLAG) {
		if (value != NULL)
			return iap_error_set(err, IAP_INVALID, "--%s takes no value", option->name);
		*option->to.flag = true;
		return IAP_OK;
	}
	if (value == NULL)
		value = next_item(arguments);
	if (value == NULL)
		return iap_error_set(err, IAP_INVALID, "--%s needs a value", option->name);
	if (option->type == IAP_OPTION_LIST) {
		add_item(arena, option->to.list, value);
		return IAP_OK;
	}
	if (*option->to.text != NULL)
		return iap_error_set(err, IAP_INVALID, "--%s is given twice", option->name);
	*option->to.text = value;
	return IAP_OK;
}

/* Whether it is an option; a lone "-" is a word (standard input). */
static bool
is_option(const char *item)
{
	return item[0] == '-' && item[1] != '\0';
}

static enum iap_status
parse_option(struct iap_arena *arena, const char *item, struct iap_arguments *arguments,
    const struct iap_option *table, size_t count, struct iap_options_common *common,
    struct iap_error *err)
{
	struct iap_option shared[COMMON_COUNT];
	const struct iap_option *option;
	const char *value = NULL;

	common_table(common, shared);
	if (strcmp(item, "-h") == 0) {
		common->help = true;
		return IAP_OK;
	}
	if (item[1] != '-')
		return iap_error_set(err, IAP_INVALID, "unknown option %s", item);
	option = find_option(table, count, item, &value);
	if (option == NULL)
		option = find_option(shared, COMMON_COUNT, item, &value);
	if (option == NULL)
		return refuse_unknown(item, table, count, shared, err);
	return apply(arena, option, value, arguments, err);
}

enum iap_status
iap_options_begin(struct iap_arguments *arguments, struct iap_options_common *common,
    struct iap_error *err)
{
	*common = (struct iap_options_common){ 0 };
	while (arguments->count > 0 && is_option(*arguments->items))
		if (parse_option(NULL, next_item(arguments), arguments, NULL, 0, common, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}

enum iap_status
iap_options_parse(struct iap_arena *arena, struct iap_arguments *arguments,
    const struct iap_option *table, size_t count, struct iap_options_common *common,
    struct iap_option_list *words, struct iap_error *err)
{
	bool only_words = false;
	const char *item;

	*words = (struct iap_option_list){ 0 };
	while ((item = next_item(arguments)) != NULL) {
		if (!only_words && strcmp(item, "--") == 0)
			only_words = true;
		else if (only_words || !is_option(item))
			add_item(arena, words, item);
		else if (parse_option(arena, item, arguments, table, count, common, err) != IAP_OK)
			return err->status;
	}
	if (common->config == NULL)
		common->config = IAP_CONFIG_FILE;
	return IAP_OK;
}
