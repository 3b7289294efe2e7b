/* Writes without end to a file that is only in memory, where its own size does not show it. */
#include "plugin.h"
#include <sys/syscall.h>

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    static char megabyte[1 << 20];
    deliver(host, "before", "whole");
    int fd = (int)syscall(SYS_memfd_create, "endless", 0);
    for (int at = 0; at < 1024; at++)
        if (write(fd, megabyte, sizeof megabyte) < 0)
            return COLLECTOR_FAILED;
    return COLLECTOR_OK;
}

PLUGIN("memory-file");
