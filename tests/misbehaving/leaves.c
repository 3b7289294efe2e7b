/* Leaves a file behind, and cannot work when it is there. */
#define NEEDS MAY_WRITE
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    static int is_mine;
    if (!is_mine && open("lock", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) < 0) {
        fail(host, COLLECTOR_FAILED, "somebody holds the lock");
        return COLLECTOR_FAILED;
    }
    is_mine = 1;
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

PLUGIN("leaves");
