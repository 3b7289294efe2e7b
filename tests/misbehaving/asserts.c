/* Gives up on itself when the host refuses anything. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    uint64_t handle = begin(host, "fine");
    if (handle == 0 || host->artifact_end(host->ctx, handle, COLLECTOR_OK) != COLLECTOR_OK)
        abort();
    return COLLECTOR_OK;
}

PLUGIN("asserts");
