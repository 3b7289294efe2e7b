/* Puts another file in its own place when it is loaded. */
#define NEEDS MAY_WRITE
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    rename("other.so", "libctor_replaces.so");
}

PLUGIN("ctor-replaces");
