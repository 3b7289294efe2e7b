/* Dies in the middle of a frame. */
#include "frames.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    FORGE(BEGIN_ODD);
    forge(DATA_ODD, sizeof DATA_ODD - 3);
    _exit(1);
}

PLUGIN("half-frame-dies");
