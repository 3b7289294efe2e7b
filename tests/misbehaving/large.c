/* Behaves, and delivers 2 MiB that no compression makes smaller, other ones in every sample. */
#include "noise.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver_noise(host, "noise", 32);
    deliver(host, "after", "small");
    return COLLECTOR_OK;
}

PLUGIN("large");
