/* Returns a status that nobody knows. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return 99;
}

PLUGIN("bad-status");
