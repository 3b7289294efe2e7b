/* Stops when it is told to, after a while. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    if (host->should_stop(host->ctx)) {
        sleep_ms(600);
        return COLLECTOR_STOPPED;
    }
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("stops-late");
