/* Behaves, and describes its options with a schema that leads out of itself. */
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"$ref\":\"https://example.com/schema.json\"}}"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("bad-schema");
