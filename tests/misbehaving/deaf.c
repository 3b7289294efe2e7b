/* Asks whether it should stop, and then does not. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    while (host->should_stop(host->ctx))
        sleep_ms(5);
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("deaf");
