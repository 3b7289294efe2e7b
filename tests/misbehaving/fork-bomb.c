/* Forks and forks, and its children do. Bounded in case nobody stops it: 300 processes, 30 s. */
#include "plugin.h"
#include <sys/mman.h>

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    int *n = mmap(NULL, sizeof *n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (n == MAP_FAILED)
        return COLLECTOR_FAILED;
    for (int rounds = 0; rounds < 3000; rounds++) {
        if (__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST) <= 300)
            fork();
        sleep_ms(10);
    }
    _exit(0);
}

PLUGIN("fork-bomb");
