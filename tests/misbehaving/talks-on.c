/* Has a thread that uses the host's callbacks after collect has returned, against the contract. */
#include "plugin.h"
#include <pthread.h>

static volatile int returns;

static void *later(void *host_)
{
    const collector_host *host = host_;
    while (!returns)
        sleep_ms(1);
    /* Nobody tells a thread that the host has seen the return; on a busy machine that takes a while. */
    sleep_ms(200);
    for (int at = 0; at < 100; at++) {
        host->log(host->ctx, COLLECTOR_LOG_INFO, str("after the end"));
        fail(host, COLLECTOR_FAILED, "after the end");
        deliver(host, "late", "too late");
        sleep_ms(1);
    }
    return NULL;
}

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    static int n_samples;
    pthread_t thread;
    deliver(host, "before", "whole");
    if (n_samples++ == 0 && pthread_create(&thread, NULL, later, (void *)host) != 0)
        return COLLECTOR_FAILED;
    returns = 1;
    return COLLECTOR_OK;
}

PLUGIN("talks-on");
