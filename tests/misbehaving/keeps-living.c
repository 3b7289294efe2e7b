/* Takes back that it dies with the core, and works until it is told to stop. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    prctl(PR_SET_PDEATHSIG, 0);
    call_process("collecting");
    while (!host->should_stop(host->ctx))
        sleep_ms(5);
    return COLLECTOR_STOPPED;
}

PLUGIN("keeps-living");
