/* Has ten thousand problems, and one text that is none. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    collector_str null = {NULL, 5};
    host->fail(host->ctx, COLLECTOR_DENIED, null);
    host->log(host->ctx, COLLECTOR_LOG_INFO, null);
    for (int at = 0; at < 10000; at++)
        fail(host, COLLECTOR_UNAVAILABLE, "not there either");
    return COLLECTOR_PARTIAL;
}

PLUGIN("complains");
