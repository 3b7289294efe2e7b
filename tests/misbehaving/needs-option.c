/* Has an option that is required, and no example; whatever runs of it aborts. */
#define CREATE fall
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"door\":"                           \
    "{\"type\":\"string\",\"description\":\"Which\"}},\"required\":[\"door\"],"                  \
    "\"additionalProperties\":false}}"

static collector_status fall(const collector_host *host, collector_str config, void **instance)
{
    (void)host, (void)config, (void)instance;
    abort();
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    abort();
}

PLUGIN("needs-option");
