/* Says that it is done, and goes on delivering: after that nobody waits for it. */
#include "frames.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    FORGE(DONE);
    FORGE(BEGIN_ODD DATA_ODD END_ODD);
    return COLLECTOR_OK;
}

PLUGIN("early-done");
