/* Leaves two daemons behind, each in a session of its own: one of this program and one of another. */
#include "plugin.h"

static void daemonize(int as_shell)
{
    char core[16];
    snprintf(core, sizeof core, "%d", getppid());
    if (fork() != 0)
        return;
    setsid();
    if (fork() != 0)
        _exit(0);
    /* Its last arguments are a worker's: that is how the tests find it. */
    if (as_shell)
        execl("/bin/sh", "sh", "-c", "sleep 3600; :", "__worker", core, (char *)NULL);
    sleep(3600);
    _exit(0);
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    daemonize(0);
    daemonize(1);
    deliver(host, "after", "whole");
    return COLLECTOR_OK;
}

PLUGIN("daemon");
