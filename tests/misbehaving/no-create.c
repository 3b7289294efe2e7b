/* Has no function that makes it. */
#define CREATE NULL
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("no-create");
