/* Would never return, but does when it is told to. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    call_process("collecting");
    uint64_t handle = begin(host, "during");
    put(host, handle, "half");
    while (!host->should_stop(host->ctx))
        sleep_ms(5);
    host->artifact_end(host->ctx, handle, COLLECTOR_PARTIAL);
    return COLLECTOR_STOPPED;
}

PLUGIN("honors");
