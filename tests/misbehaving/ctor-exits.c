/* Ends its process when it is loaded. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    exit(0);
}

PLUGIN("ctor-exits");
