/* Does not take its configuration. */
#define CREATE refuse
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

static collector_status refuse(const collector_host *host, collector_str config, void **instance)
{
    (void)config, (void)instance;
    fail(host, COLLECTOR_BAD_CONFIG, "config.url: there is no host in it");
    return COLLECTOR_BAD_CONFIG;
}

PLUGIN("bad-config");
