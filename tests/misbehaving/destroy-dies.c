/* Behaves, and frees in destroy what it never made. */
#define DESTROY destroy
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    return COLLECTOR_OK;
}

static void destroy(void *instance)
{
    (void)instance;
    *(volatile int *)16 = 0;
}

PLUGIN("destroy-dies");
