/* Says while it is loaded that a sample is done. */
#include "frames.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    FORGE(DONE);
}

PLUGIN("ctor-done");
