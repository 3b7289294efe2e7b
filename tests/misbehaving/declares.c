/* Behaves, and declares less than it delivers. */
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"outputs\":[{\"name\":\"f*\",\"media_type\":\"text/plain\",\"sensitivity\":\"none\","      \
    "\"max_bytes\":4}]}"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "fine", "more than four");
    return COLLECTOR_OK;
}

PLUGIN("declares");
