/* Behaves, and calls its artifact after its process, which is another each time. */
#include "plugin.h"

#undef DESCRIPTION
#define DESCRIPTION(name)                                                                        \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","    \
    "\"outputs\":[{\"name\":\"pid/*\",\"media_type\":\"text/plain\",\"sensitivity\":\"none\"}]}"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    char name[32];
    snprintf(name, sizeof name, "pid/%d", (int)getpid());
    deliver(host, name, "whole");
    return COLLECTOR_OK;
}

PLUGIN("of-its-pid");
