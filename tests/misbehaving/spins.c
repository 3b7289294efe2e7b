/* Never returns, and ignores SIGTERM as well. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    signal(SIGTERM, SIG_IGN);
    put(host, begin(host, "during"), "half");
    for (volatile int spinning = 1; spinning;)
        ;
    return COLLECTOR_OK;
}

PLUGIN("spins");
