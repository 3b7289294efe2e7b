/* Its table does not start with the magic number. */
#define MAGIC 0x464c457fu
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("wrong-magic");
