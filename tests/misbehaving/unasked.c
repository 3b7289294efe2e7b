/* Sends frames between the samples, when nobody has asked. */
#include "frames.h"
#include <pthread.h>

static void *later(void *unused)
{
    sleep_ms(500);
    FORGE(BEGIN_ODD DATA_ODD END_ODD DONE);
    return unused;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    pthread_t thread;
    deliver(host, "before", "whole");
    return pthread_create(&thread, NULL, later, NULL) ? COLLECTOR_FAILED : COLLECTOR_OK;
}

PLUGIN("unasked");
