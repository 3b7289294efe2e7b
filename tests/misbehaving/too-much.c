/* Delivers without end, and asks nobody. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    char kilobyte[1024];
    memset(kilobyte, 'x', sizeof kilobyte);
    deliver(host, "before", "whole");
    uint64_t handle = begin(host, "endless");
    for (int at = 0; at < 4096; at++)
        host->artifact_write(host->ctx, handle, kilobyte, sizeof kilobyte);
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    deliver(host, "after", "no room for this");
    return COLLECTOR_OK;
}

PLUGIN("too-much");
