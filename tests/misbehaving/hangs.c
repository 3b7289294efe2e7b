/* Never returns and never asks whether it should. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    call_process("collecting");
    deliver(host, "before", "whole");
    for (;;)
        sleep_ms(10);
    return COLLECTOR_OK;
}

PLUGIN("hangs");
