/* Its entry function returns no table. */
#include "plugin.h"

COLLECTOR_DESCRIPTION(DESCRIPTION("null-table"));

const collector_plugin *collector_plugin_entry_v1(void)
{
    return NULL;
}
