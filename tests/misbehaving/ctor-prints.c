/* Prints a megabyte on stdout and on stderr when it is loaded. It behaves otherwise. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "after", "whole");
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    for (int line = 0; line < 32768; line++) {
        fprintf(stdout, "/not/the/bundle.tar.zst %7d\n", line);
        fprintf(stderr, "/not/the/bundle.tar.zst %7d\n", line);
    }
    fflush(stdout);
}

PLUGIN("ctor-prints");
