/* Never finishes loading. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    for (;;)
        sleep_ms(10);
}

PLUGIN("ctor-hangs");
