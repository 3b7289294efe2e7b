/* Reads from a mapped file whose end was cut off. */
#include "plugin.h"
#include <sys/mman.h>
#include <sys/syscall.h>

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    int fd = (int)syscall(SYS_memfd_create, "cut", 0);
    if (ftruncate(fd, 8192) != 0)
        return COLLECTOR_FAILED;
    volatile char *mapped = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED || ftruncate(fd, 0) != 0)
        return COLLECTOR_FAILED;
    return mapped[4096];
}

PLUGIN("bus");
