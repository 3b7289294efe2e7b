/* Closes the socket to the core, ignores SIGTERM, and lives on. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    signal(SIGTERM, SIG_IGN);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    for (;;)
        sleep_ms(10);
    return COLLECTOR_OK;
}

PLUGIN("hangs-up");
