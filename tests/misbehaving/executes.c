/* Has another program tell its rights: one that root executes gets all of them, if nothing else
 * forbids it. Landlock would, so this one says that it reads other processes. */
#define NEEDS "{\"caps\":[\"CAP_NET_RAW\"],\"proc_other_pids\":true}"
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    FILE *program = popen("cat /proc/self/status", "r");
    if (program == NULL)
        return COLLECTOR_FAILED;
    char text[8192];
    text[fread(text, 1, sizeof text - 1, program)] = '\0';
    pclose(program);
    deliver(host, "status", text);
    return COLLECTOR_OK;
}

PLUGIN("executes");
