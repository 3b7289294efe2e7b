/* Has a daemon in a session of its own take memory, up to 4 GiB, and waits for half a minute. */
#include "plugin.h"

static void take(void)
{
    setsid();
    if (fork() != 0)
        _exit(0);
    for (int at = 0; at < 4096; at++) {
        char *megabyte = malloc(1 << 20);
        if (megabyte)
            memset(megabyte, 1, 1 << 20);
        sleep_ms(2);
    }
    _exit(0);
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "before", "whole");
    if (fork() == 0)
        take();
    sleep(30);
    return COLLECTOR_OK;
}

PLUGIN("child-memory");
