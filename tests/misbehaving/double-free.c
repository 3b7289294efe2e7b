/* Gives the same memory back twice. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    void *volatile memory = malloc(4096);
    void *volatile again = memory;
    free(memory);
    free(again);
    return COLLECTOR_OK;
}

PLUGIN("double-free");
