/* Its entry function returns an address where no table can start. */
#include "plugin.h"

COLLECTOR_DESCRIPTION(DESCRIPTION("unaligned-table"));

const collector_plugin *collector_plugin_entry_v1(void)
{
    return (const collector_plugin *)4097;
}
