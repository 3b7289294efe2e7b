/* Delivers a megabyte, and does not end the artifact until it should stop, or for ten seconds.
 * It names a capability, so that a test may see what the worker has of it meanwhile. */
#define NEEDS "{\"caps\":[\"CAP_NET_RAW\"]}"
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    static char data[1 << 20];
    uint64_t handle = begin(host, "held");
    host->artifact_write(host->ctx, handle, data, sizeof data);
    call_process("holding");
    for (int at = 0; at < 1000 && !host->should_stop(host->ctx); at++)
        sleep_ms(10);
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    return COLLECTOR_OK;
}

PLUGIN("holds");
