/* Ends its process at once, with a code of its own. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    _exit(42);
}

PLUGIN("exits-42");
