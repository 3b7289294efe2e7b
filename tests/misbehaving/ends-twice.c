/* Ends an artifact twice, past the host's callbacks. */
#include "frames.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    FORGE(BEGIN_ODD DATA_ODD END_ODD END_ODD);
    deliver(host, "after", "whole");
    return COLLECTOR_OK;
}

PLUGIN("ends-twice");
