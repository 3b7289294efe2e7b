/* Delivers its configuration, and how often it was asked. */
#define CREATE keep
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"say\":{\"type\":\"string\"}}}}"

static char kept[4096];
static unsigned n;

static collector_status keep(const collector_host *host, collector_str config, void **instance)
{
    (void)host;
    snprintf(kept, sizeof kept, "%.*s", (int)config.len, config.ptr);
    *instance = NULL;
    return COLLECTOR_OK;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    char text[sizeof kept + 32];
    snprintf(text, sizeof text, "%s, sample %u\n", kept, ++n);
    deliver(host, "config", text);
    return COLLECTOR_OK;
}

PLUGIN("repeats");
