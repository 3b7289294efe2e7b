/* Cannot be created here, and has never been run. */
#define CREATE denied
#include "plugin.h"

static collector_status denied(const collector_host *host, collector_str config, void **instance)
{
    (void)config, (void)instance;
    fail(host, COLLECTOR_DENIED, "the door is locked");
    return COLLECTOR_DENIED;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    abort();
}

PLUGIN("denied-create");
