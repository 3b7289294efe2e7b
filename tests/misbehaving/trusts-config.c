/* Takes for granted that its configuration is a JSON object. */
#define CREATE trusting
#include "plugin.h"

static collector_status trusting(const collector_host *host, collector_str config, void **instance)
{
    (void)host;
    if (config.len < 2 || config.ptr[0] != '{')
        abort();
    *instance = NULL;
    return COLLECTOR_OK;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("trusts-config");
