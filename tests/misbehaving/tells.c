/* Tells its configuration to everybody: on stderr, in its log, and as the reason of its failure. */
#define CREATE keep
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"door\":"                           \
    "{\"type\":\"string\",\"writeOnly\":true}}}}"

static char kept[4096];

static collector_status keep(const collector_host *host, collector_str config, void **instance)
{
    (void)host;
    snprintf(kept, sizeof kept, "told: %.*s", (int)config.len, (const char *)config.ptr);
    *instance = NULL;
    return COLLECTOR_OK;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    fprintf(stderr, "%s\n", kept);
    host->log(host->ctx, COLLECTOR_LOG_INFO, str(kept));
    fail(host, COLLECTOR_FAILED, kept);
    return COLLECTOR_FAILED;
}

PLUGIN("tells");
