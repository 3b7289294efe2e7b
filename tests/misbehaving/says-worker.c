/* Behaves, and speaks of workers, of refused calls and of trials as the core does. */
#define CREATE speaks
#include "plugin.h"

static collector_status speaks(const collector_host *host, collector_str config, void **instance)
{
    (void)config;
    host->log(host->ctx, COLLECTOR_LOG_DEBUG, str("trial: refused call 1, artifact_begin"));
    *instance = NULL;
    return COLLECTOR_OK;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    host->log(host->ctx, COLLECTOR_LOG_DEBUG, str("trial: returned 900 ms later"));
    deliver(host, "fine", "whole");
    fail(host, COLLECTOR_PARTIAL, "the worker pool of acme is too small");
    return COLLECTOR_PARTIAL;
}

PLUGIN("says-worker");
