/* Prints and logs far more than anybody wants to read, and is fine otherwise. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    char line[1001];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = 0;
    for (int at = 0; at < 2000; at++) {
        fprintf(stdout, "%s\n", line);
        fprintf(stderr, "%s\n", line);
        host->log(host->ctx, COLLECTOR_LOG_INFO, str(line));
    }
    fflush(stdout);
    fprintf(stderr, "the last line\n");
    fail(host, COLLECTOR_PARTIAL, "the flood is over");
    return COLLECTOR_PARTIAL;
}

PLUGIN("floods");
