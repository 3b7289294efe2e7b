/* Its entry function returns an address where nothing is. */
#include "plugin.h"

COLLECTOR_DESCRIPTION(DESCRIPTION("wild-table"));

const collector_plugin *collector_plugin_entry_v1(void)
{
    return (const collector_plugin *)4096;
}
