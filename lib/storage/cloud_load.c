/* SPDX-License-Identifier: Apache-2.0 */
/* The beginnings of many objects of an object store, one ranged GET each. */
#include <string.h>

#include "storage/cloud.h"

enum { TURN_ARENA = 64 * 1024, ROUNDS = 8 };

void
iap_cloud_load(struct iap_storage *storage, struct iap_storage_load *loads,
    struct iap_error *errs, size_t count, size_t in_flight)
{
	struct iap_cloud *cloud = (struct iap_cloud *)storage;
	/* Requests and heads of all of them, for as many rounds as there may be. */
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena =
	    iap_arena_new((count + 1) * TURN_ARENA * ROUNDS);
	struct iap_cloud_turn *turns = iap_arena_array(arena, count + 1, sizeof *turns);
	size_t *which = iap_arena_array(arena, count + 1, sizeof *which);
	size_t open = 0;

	for (size_t i = 0; i < count; i++) {
		if (loads[i].status != IAP_OK || loads[i].wanted == 0)
			continue;
		which[open] = i;
		turns[open++].ask = (struct iap_cloud_ask){
			.method = "GET",
			.name = iap_arena_format(arena, "%s%s", cloud->prefix, loads[i].key),
			.ranged = true,
			.last = loads[i].wanted - 1,
			.into = loads[i].bytes,
			.limit = loads[i].wanted,
		};
	}
	iap_cloud_send_all(cloud, arena, turns, open, in_flight);
	for (size_t i = 0; i < open; i++) {
		struct iap_storage_load *load = &loads[which[i]];

		load->status = iap_cloud_check_first(arena, &turns[i], &load->whole, &errs[which[i]]);
		load->size = turns[i].answer.into_size;
		load->mtime_ns = iap_cloud_mtime(&turns[i].answer);
	}
}
