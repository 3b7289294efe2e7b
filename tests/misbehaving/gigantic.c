/* Delivers as many MiB as it is told, in one artifact: a block of noise again and again, which
 * compresses well. It asks nobody whether that is too much. */
#define CREATE keep
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"mib\":{\"type\":\"integer\"}}}}"

static long n_blocks;
static uint64_t block[131072];

static collector_status keep(const collector_host *host, collector_str config, void **instance)
{
    (void)host;
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)config.len, config.ptr);
    n_blocks = atol(text + strcspn(text, "0123456789"));
    *instance = NULL;
    return COLLECTOR_OK;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    uint64_t state = 0x9e3779b97f4a7c15u;
    for (size_t at = 0; at < sizeof block / sizeof *block; at++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        block[at] = state;
    }
    deliver(host, "before", "whole");
    uint64_t handle = begin(host, "gigantic");
    for (long at = 0; at < n_blocks; at++)
        host->artifact_write(host->ctx, handle, (const char *)block, sizeof block);
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    return COLLECTOR_OK;
}

PLUGIN("gigantic");
