/* Logs more than is kept, then asks whether to stop, and looks at no answer. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    for (int at = 0; at < 150; at++)
        host->log(host->ctx, COLLECTOR_LOG_INFO, str("a line"));
    host->should_stop(host->ctx);
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("chatters");
