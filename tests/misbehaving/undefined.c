/* Calls a function that no library has. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    extern int no_library_has_this(void);
    return no_library_has_this();
}

PLUGIN("undefined");
