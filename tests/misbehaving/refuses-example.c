/* Does not take one of its own examples. */
/* memmem is of GNU. */
#define _GNU_SOURCE
#define CREATE choosy
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"door\":"                           \
    "{\"type\":\"string\"}},\"additionalProperties\":false},"                                    \
    "\"examples\":[{\"door\":\"front\"},{\"door\":\"back\"}]}"

static collector_status choosy(const collector_host *host, collector_str config, void **instance)
{
    *instance = NULL;
    if (memmem(config.ptr, config.len, "back", 4) == NULL)
        return COLLECTOR_OK;
    fail(host, COLLECTOR_BAD_CONFIG, "config.door: there is no back door");
    return COLLECTOR_BAD_CONFIG;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("refuses-example");
