/* Writes a file when it is loaded. */
#define NEEDS MAY_WRITE
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return COLLECTOR_OK;
}

__attribute__((constructor)) static void at_load(void)
{
    close(open("loaded", O_CREAT | O_WRONLY, 0600));
}

PLUGIN("ctor-writes");
