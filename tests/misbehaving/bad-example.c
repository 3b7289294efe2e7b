/* Behaves, and has an example in which an option is misspelled. */
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"door\":"                           \
    "{\"type\":\"string\"}},\"additionalProperties\":false},"                                    \
    "\"examples\":[{\"door\":\"front\"},{\"dor\":\"back\"}]}"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("bad-example");
