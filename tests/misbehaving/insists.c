/* Writes until it is taken. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    uint64_t handle = begin(host, "fine");
    while (host->artifact_write(host->ctx, handle, "whole", 5) != COLLECTOR_OK)
        sleep_ms(5);
    return host->artifact_end(host->ctx, handle, COLLECTOR_OK);
}

PLUGIN("insists");
