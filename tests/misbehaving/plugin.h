/*
 * plugin.h: what the plugins in this directory share, so that each shows only its misbehavior.
 *
 * A file defines collect() and ends with PLUGIN("name"). It may replace the table's entries by
 * defining MAGIC, MIN_HOST_MINOR, CREATE or TABLE_DESCRIPTION first, and what the description says
 * it needs by defining NEEDS.
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector_plugin.h"

#ifndef MAGIC
#define MAGIC COLLECTOR_MAGIC
#endif
#ifndef MIN_HOST_MINOR
#define MIN_HOST_MINOR 0
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef NEEDS
#define NEEDS "{}"
#endif

static collector_str str(const char *text)
{
    collector_str it = {text, strlen(text)};
    return it;
}

/* Begins an artifact; its handle, or 0 when the host refuses. */
static inline uint64_t begin(const collector_host *host, const char *name)
{
    uint64_t handle = 0;
    host->artifact_begin(host->ctx, str(name), str("text/plain"), &handle);
    return handle;
}

static inline void put(const collector_host *host, uint64_t handle, const char *text)
{
    host->artifact_write(host->ctx, handle, text, strlen(text));
}

/* Delivers a whole artifact. */
static inline void deliver(const collector_host *host, const char *name, const char *text)
{
    uint64_t handle = begin(host, name);
    if (handle == 0)
        return;
    put(host, handle, text);
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
}

static inline void fail(const collector_host *host, collector_status status, const char *text)
{
    host->fail(host->ctx, status, str(text));
}

/* What the process is called in /proc, for a test that wants to know when it collects. */
static inline void call_process(const char *name)
{
    prctl(PR_SET_NAME, name);
}

static inline void sleep_ms(unsigned ms)
{
    usleep(ms * 1000u);
}

static inline collector_status create(const collector_host *host, collector_str config,
                                      void **instance)
{
    (void)host, (void)config;
    *instance = NULL;
    return COLLECTOR_OK;
}

#define DESCRIPTION(name) \
    "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"For tests\","       \
    "\"needs\":" NEEDS "}"
#ifndef TABLE_DESCRIPTION
#define TABLE_DESCRIPTION DESCRIPTION
#endif

#define PLUGIN(name)                                                                          \
    COLLECTOR_DESCRIPTION(DESCRIPTION(name));                                                 \
    static const collector_plugin table = {                                                   \
        MAGIC, COLLECTOR_ABI_MAJOR, COLLECTOR_ABI_MINOR, sizeof(collector_plugin),            \
        MIN_HOST_MINOR, COLLECTOR_STR(TABLE_DESCRIPTION(name)), CREATE, collect, NULL};       \
    const collector_plugin *collector_plugin_entry_v1(void) { return &table; }                \
    struct a_semicolon_follows

#endif
