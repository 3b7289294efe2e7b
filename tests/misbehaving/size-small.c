/* Its table lacks the last field of ABI 1.0. */
#define SIZE offsetof(collector_plugin, destroy)
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("size-small");
