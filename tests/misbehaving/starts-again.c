/* Says in the middle of a sample that it was created. */
#include "frames.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    FORGE(CREATED);
    sleep_ms(200);
    return COLLECTOR_OK;
}

PLUGIN("starts-again");
