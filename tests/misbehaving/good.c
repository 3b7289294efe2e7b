/* Behaves: the neighbor that must not suffer. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    static unsigned n;
    char text[32];
    snprintf(text, sizeof text, "sample %u\n", ++n);
    deliver(host, "count", text);
    return COLLECTOR_OK;
}

PLUGIN("good");
