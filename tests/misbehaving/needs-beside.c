/* Needs a library that lies beside it. */
/* link: -Wl,--no-as-needed,-rpath,$ORIGIN [libbeside.so.1] */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    extern int of_the_stand_in(void);
    deliver(host, "after", of_the_stand_in() == 0 ? "whole" : "another");
    return COLLECTOR_OK;
}

PLUGIN("needs-beside");
