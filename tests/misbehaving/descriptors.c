/* Opens descriptors until it gets no more, and says how many it had. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    int last = 0;
    for (int fd; last < 1000000 && (fd = open("/dev/null", O_RDONLY)) >= 0;)
        last = fd;
    deliver(host, last < 4096 ? "at-most-4096" : "more", "whole");
    return COLLECTOR_OK;
}

PLUGIN("descriptors");
