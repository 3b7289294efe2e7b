/* Asks for an executable stack. */
/* link: -Wl,-z,execstack */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("execstack");
