/* Needs a host of a later minor version. */
#define MIN_HOST_MINOR 7
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("newer-host");
