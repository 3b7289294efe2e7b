/* Needs a version of a library that is later than the one that is installed. */
/* link: [libstdc++.so.6 GLIBCXX_3.9999] */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    extern int of_the_stand_in(void);
    return of_the_stand_in();
}

PLUGIN("needs-later");
