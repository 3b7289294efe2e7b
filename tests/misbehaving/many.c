/* Delivers more artifacts than anybody can look at. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    for (int at = 0; at < 2000; at++) {
        char name[16];
        snprintf(name, sizeof name, "%04d", at);
        deliver(host, name, "x");
    }
    return COLLECTOR_OK;
}

PLUGIN("many");
