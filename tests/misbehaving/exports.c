/* Behaves, and exports functions that are nobody's business. */
#include "plugin.h"

COLLECTOR_EXPORT int parse_config(void);
COLLECTOR_EXPORT int parse_config(void)
{
    return 0;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("exports");
