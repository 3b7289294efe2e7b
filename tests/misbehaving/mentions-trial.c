/* Behaves, and logs what a host on trial might: no word of it is true. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    host->log(host->ctx, COLLECTOR_LOG_DEBUG, str("trial: refused call 1, artifact_begin"));
    host->log(host->ctx, COLLECTOR_LOG_DEBUG, str("trial: returned 900 ms later"));
    uint64_t handle = begin(host, "fine");
    if (handle == 0) {
        fail(host, COLLECTOR_PARTIAL, "artifact_write: no open artifact 0");
        return COLLECTOR_PARTIAL;
    }
    collector_status written = host->artifact_write(host->ctx, handle, "whole", 5);
    collector_status ended = host->artifact_end(host->ctx, handle, written);
    return written == COLLECTOR_OK ? ended : written;
}

PLUGIN("mentions-trial");
