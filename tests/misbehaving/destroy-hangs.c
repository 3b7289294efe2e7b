/* Behaves, and never comes back from destroy. */
#define DESTROY destroy
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    return COLLECTOR_OK;
}

static void destroy(void *instance)
{
    (void)instance;
    signal(SIGTERM, SIG_IGN);
    for (;;)
        sleep_ms(10);
}

PLUGIN("destroy-hangs");
