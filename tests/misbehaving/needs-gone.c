/* Needs a library that is not installed. */
/* link: -Wl,--no-as-needed [libgone.so.7] */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("needs-gone");
