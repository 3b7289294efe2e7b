/* Describes itself twice. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("two-notes");

#define collector_description_note another_note
COLLECTOR_DESCRIPTION(DESCRIPTION("two-notes"));
