/* Empties its own file, as a copy over it would, and goes on. */
#define NEEDS MAY_WRITE
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    close(open("libtruncates.so", O_WRONLY | O_TRUNC));
    deliver(host, "after", "whole");
    return COLLECTOR_OK;
}

PLUGIN("truncates");
