/* Its table is of another major version than its description. */
#define MAJOR 2
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("other-major");
