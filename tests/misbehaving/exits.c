/* Ends its process as if everything were fine. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    deliver(host, "before", "whole");
    exit(0);
}

PLUGIN("exits");
