/*
 * A fork bomb whose every process starts a session of its own, loses its parent, and after 50 ms
 * forks two and ends. Bounded in case nobody stops it: a few at a time, for half a minute.
 */
#include "plugin.h"
#include <sys/mman.h>
#include <time.h>

static void bomb(int *n_living)
{
    for (time_t end = time(NULL) + 30; time(NULL) < end;) {
        setsid();
        sleep_ms(50);
        if (__atomic_load_n(n_living, __ATOMIC_SEQ_CST) < 10 && fork() == 0) {
            __atomic_add_fetch(n_living, 1, __ATOMIC_SEQ_CST);
            continue;
        }
        /* One takes its place. */
        if (fork() != 0)
            _exit(0);
    }
    _exit(0);
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    int *n_living =
        mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (n_living == MAP_FAILED)
        return COLLECTOR_FAILED;
    *n_living = 1;
    if (fork() == 0)
        bomb(n_living);
    sleep(30);
    return COLLECTOR_OK;
}

PLUGIN("session-bomb");
