/* Crashes when it is loaded, before any call. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    *(volatile int *)16 = 1;
}

PLUGIN("ctor-segv");
