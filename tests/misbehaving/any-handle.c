/* Uses whatever is in its variable for a handle. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    uint64_t handle = 4711;
    host->artifact_begin(host->ctx, str("fine"), str("text/plain"), &handle);
    put(host, handle, "whole");
    return host->artifact_end(host->ctx, handle, COLLECTOR_OK);
}

PLUGIN("any-handle");
