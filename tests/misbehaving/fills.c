/* Behaves in its first sample; in the second it delivers 24 MiB that no compression makes smaller. */
#include "noise.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    static unsigned n_samples;
    n_samples++;
    deliver(host, "before", "small");
    if (n_samples == 2)
        deliver_noise(host, "noise", 384);
    deliver(host, "after", "small");
    return COLLECTOR_OK;
}

PLUGIN("fills");
