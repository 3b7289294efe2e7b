/* Takes memory and uses it, without end. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    deliver(host, "before", "whole");
    for (;;) {
        char *megabyte = malloc(1 << 20);
        if (megabyte)
            memset(megabyte, 1, 1 << 20);
        sleep_ms(1);
    }
    return COLLECTOR_OK;
}

PLUGIN("memory");
