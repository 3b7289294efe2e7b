/* Prints its last words and aborts. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    fprintf(stderr, "aborts: assertion failed: the sky is up\n");
    abort();
}

PLUGIN("aborts");
