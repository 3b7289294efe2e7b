/* Logs, complains and prints as much as it can, all of it characters that JSON makes six times as
 * long. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    char line[2001];
    memset(line, 1, sizeof line - 1);
    line[sizeof line - 1] = 0;
    for (int at = 0; at < 100; at++) {
        printf("%s", line);
        host->log(host->ctx, COLLECTOR_LOG_INFO, str(line));
        fail(host, COLLECTOR_PARTIAL, line);
    }
    fflush(stdout);
    return COLLECTOR_PARTIAL;
}

PLUGIN("gibbers");
