/* Behaves, and takes for granted that destroy gets what create made. */
#define CREATE make
#define DESTROY destroy
#include "plugin.h"

static collector_status make(const collector_host *host, collector_str config, void **instance)
{
    (void)host, (void)config;
    int *made = malloc(sizeof *made);
    if (made == NULL)
        return COLLECTOR_FAILED;
    *made = 1;
    *instance = made;
    return COLLECTOR_OK;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "fine", "whole");
    return COLLECTOR_OK;
}

static void destroy(void *instance)
{
    *(volatile int *)instance = 0;
    free(instance);
}

PLUGIN("destroy-nothing");
