/* Leaves a child behind that holds the socket for an hour, and aborts. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    if (fork() == 0) {
        sleep(3600);
        _exit(0);
    }
    abort();
}

PLUGIN("fork-aborts");
