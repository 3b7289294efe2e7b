/* Behaves, and has thirty examples. */
#include "plugin.h"

#define EXAMPLES(door) "{\"door\":\"" door "\"},{\"door\":\"" door "\"},{\"door\":\"" door "\"}"
#define MORE(door) EXAMPLES(door) "," EXAMPLES(door) "," EXAMPLES(door)
#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"config_schema\":{\"type\":\"object\",\"properties\":{\"door\":"                           \
    "{\"type\":\"string\"}},\"additionalProperties\":false},\"examples\":["                      \
    MORE("front") "," MORE("back") "," MORE("side") "," EXAMPLES("none") "]}"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("many-examples");
