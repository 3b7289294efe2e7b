/* Writes a few lines of an artifact and hangs in the middle of it. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    uint64_t handle = begin(host, "lines");
    for (int at = 0; at < 100; at++)
        put(host, handle, "a line of it\n");
    for (;;)
        sleep_ms(10);
    return COLLECTOR_OK;
}

PLUGIN("hangs-after-lines");
