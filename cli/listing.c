/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/listing.h"

static void
write_array(struct iap_cli *cli, const struct iap_listing *listing, struct iap_buf *text,
    const struct iap_rows *rows)
{
	struct iap_json_writer writer;

	iap_json_write_open(&writer, text);
	iap_json_write_array_begin(&writer, NULL);
	listing->write(cli, &writer, rows);
	iap_json_write_array_end(&writer);
	iap_buf_char(text, '\n');
}

enum iap_exit
iap_listing_run(struct iap_cli *cli, struct iap_arguments *arguments,
    const struct iap_listing *listing)
{
	bool json = false;
	const struct iap_option table[] = { { "json", IAP_OPTION_FLAG, { .flag = &json } } };
	struct iap_option_list words;
	struct iap_rows rows;
	struct iap_error err = { 0 };
	struct iap_buf text;

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 0, 0 },
	    &words) || !iap_cli_connect(cli))
		return cli->exit;
	if (listing->find(cli->db, cli->arena, &rows, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	iap_buf_open(&text, cli->arena);
	if (json)
		write_array(cli, listing, &text, &rows);
	else
		listing->print(cli, &text, &rows);
	return iap_cli_print(&text);
}

void
iap_listing_write_time(struct iap_json_writer *writer, const char *key, struct iap_maybe_i64 time)
{
	if (time.set)
		iap_json_write_time(writer, key, time.value);
	else
		iap_json_write_null(writer, key);
}
