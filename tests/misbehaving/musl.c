/* Is linked with another C library. */
/* link: -Wl,--no-as-needed [libc.musl-x86_64.so.1] */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

PLUGIN("musl");
