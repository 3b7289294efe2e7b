/* Takes a minute to load. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    /* A signal ends sleep() early: only the time itself ends this. */
    for (unsigned left = 60; left > 0;)
        left = sleep(left);
}

PLUGIN("ctor-sleeps");
