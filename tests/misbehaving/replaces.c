/* Puts another file in its own place, and crashes. */
#define NEEDS MAY_WRITE
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    rename("other.so", "libreplaces.so");
    abort();
}

PLUGIN("replaces");
