/* Behaves, and delivers 2 MiB that no compression makes smaller, other ones in every sample. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    static uint64_t state = 0x9e3779b97f4a7c15u;
    static uint64_t words[8192];
    uint64_t handle = begin(host, "noise");
    for (int piece = 0; piece < 32; piece++) {
        for (size_t at = 0; at < sizeof words / sizeof *words; at++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words[at] = state;
        }
        host->artifact_write(host->ctx, handle, (const char *)words, sizeof words);
    }
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    deliver(host, "after", "small");
    return COLLECTOR_OK;
}

PLUGIN("large");
