/* Leaves a child behind that would sleep for an hour. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    if (fork() == 0) {
        sleep(3600);
        _exit(0);
    }
    deliver(host, "after", "whole");
    return COLLECTOR_OK;
}

PLUGIN("forks");
