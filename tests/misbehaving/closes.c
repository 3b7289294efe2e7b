/* Closes what it prints to, and goes on. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    sleep_ms(300);
    deliver(host, "after", "whole too");
    return COLLECTOR_OK;
}

PLUGIN("closes");
