/* Divides by zero. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    volatile int many = 7, zero = 0;
    return many / zero;
}

PLUGIN("fpe");
