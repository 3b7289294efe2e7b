/* Is of a later minor version: its table goes on where that of ABI 1.0 ends. It behaves. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "size", host->size > 4096 ? "a page" : "what ABI 1 has");
    return COLLECTOR_OK;
}

COLLECTOR_DESCRIPTION(DESCRIPTION("later"));

static const struct {
    collector_plugin known;
    uint64_t later[64];
} table = {
    {MAGIC, MAJOR, 7, sizeof table, 0, COLLECTOR_STR(DESCRIPTION("later")), create, collect, NULL},
    {1, 2, 3},
};

const collector_plugin *collector_plugin_entry_v1(void)
{
    return &table.known;
}
