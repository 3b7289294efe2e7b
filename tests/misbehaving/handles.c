/* Uses artifacts it has not begun, or has ended. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    put(host, 4711, "to nobody");
    uint64_t handle = begin(host, "ended");
    put(host, handle, "whole");
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    put(host, handle, "too late");
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    host->artifact_write(host->ctx, begin(host, "null"), NULL, 5);
    put(host, begin(host, "open"), "never ended");
    return COLLECTOR_OK;
}

PLUGIN("handles");
