/*
 * A fork bomb whose every process starts a session of its own, loses its parent, and after 10 ms
 * forks two and ends. Bounded in case nobody stops it: 10 at a time, 20,000 in all, some 20 s.
 */
#include "plugin.h"
#include <sys/mman.h>

struct count { int all, living; };

static void bomb(struct count *count)
{
    for (;;) {
        setsid();
        sleep_ms(10);
        int is_child = 0;
        for (int at = 0; at < 2 && !is_child; at++) {
            if (__atomic_add_fetch(&count->all, 1, __ATOMIC_SEQ_CST) > 20000)
                _exit(0);
            if (__atomic_add_fetch(&count->living, 1, __ATOMIC_SEQ_CST) <= 10)
                is_child = fork() == 0;
            else
                __atomic_sub_fetch(&count->living, 1, __ATOMIC_SEQ_CST);
        }
        if (!is_child) {
            __atomic_sub_fetch(&count->living, 1, __ATOMIC_SEQ_CST);
            _exit(0);
        }
    }
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    struct count *count =
        mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED)
        return COLLECTOR_FAILED;
    count->living = 1;
    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        bomb(count);
    }
    sleep(30);
    return COLLECTOR_OK;
}

PLUGIN("session-bomb");
