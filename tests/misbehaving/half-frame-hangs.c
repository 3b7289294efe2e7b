/* Hangs in the middle of a frame. */
#include "frames.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    forge(DATA_ODD, 5);
    for (;;)
        sleep_ms(10);
    return COLLECTOR_OK;
}

PLUGIN("half-frame-hangs");
