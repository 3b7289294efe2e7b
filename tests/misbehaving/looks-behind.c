/* Is built for a later minor, and calls its callback without a look at the size of the host. */
#include "plugin.h"

struct later_host {
    collector_host known;
    void (*later)(void *ctx);
};

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    const struct later_host *later = (const struct later_host *)host;
    if (later->later != NULL)
        later->later(host->ctx);
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("looks-behind");
