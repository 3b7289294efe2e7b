/* Delivers one artifact, leaves another open, and reads from where nothing is. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    deliver(host, "before", "whole");
    put(host, begin(host, "during"), "half");
    return *(volatile int *)16;
}

PLUGIN("segv");
