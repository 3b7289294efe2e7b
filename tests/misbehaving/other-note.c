/* Its table describes another plugin than its note. */
#define TABLE_DESCRIPTION(name) "{\"name\":\"somebody-else\"}"
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("other-note");
