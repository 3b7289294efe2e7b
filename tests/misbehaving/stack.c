/* Calls itself until the stack is used up. */
#include "plugin.h"

static int overflow(volatile int depth)
{
    volatile char page[4096];
    page[depth % 4096] = (char)depth;
    return depth < 0 ? 0 : overflow(depth + 1) + page[0];
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    return overflow(1) ? COLLECTOR_OK : COLLECTOR_FAILED;
}

PLUGIN("stack");
