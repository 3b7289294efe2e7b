/* Behaves, and delivers 64 KiB that no compression makes smaller, other ones in every sample. */
#include "noise.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver_noise(host, "noise", 1);
    return COLLECTOR_OK;
}

PLUGIN("noisy");
