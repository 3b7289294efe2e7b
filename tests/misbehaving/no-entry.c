/* Names the entry function, as one that some other library may have, and has none. */
#include "plugin.h"

COLLECTOR_DESCRIPTION(DESCRIPTION("no-entry"));

extern const collector_plugin *collector_plugin_entry_v1(void) __attribute__((weak));

__attribute__((used)) static const collector_plugin *(*const entry)(void) =
    collector_plugin_entry_v1;
