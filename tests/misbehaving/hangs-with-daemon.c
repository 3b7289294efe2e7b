/* Starts a daemon that ignores SIGTERM and holds what it prints to, and never returns. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    put(host, begin(host, "during"), "half");
    signal(SIGTERM, SIG_IGN);
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            for (;;)
                sleep(3600);
        _exit(0);
    }
    for (;;)
        sleep_ms(10);
    return COLLECTOR_OK;
}

PLUGIN("hangs-with-daemon");
