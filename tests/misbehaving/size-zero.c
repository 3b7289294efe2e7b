/* Its table says that it has no bytes. */
#define SIZE 0
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("size-zero");
