/*
 * bridge.c: the parts of a plugin that must be C: its description in an ELF note, its table, and
 * the calls through pointers. See bridge.h.
 */
#include "bridge.h"

#include "_cgo_export.h"
#include "description.h"

COLLECTOR_DESCRIPTION(DESCRIPTION);

static collector_status create(const collector_host *host, collector_str config, void **instance)
{
    uintptr_t number = 0;
    collector_status status =
        goCreate((collector_host *)host, (char *)config.ptr, config.len, &number);
    *instance = (void *)number;
    return status;
}

static collector_status collect(void *instance, const collector_host *host)
{
    return goCollect((uintptr_t)instance, (collector_host *)host);
}

static void destroy(void *instance)
{
    goDestroy((uintptr_t)instance);
}

static const collector_plugin table = {
    COLLECTOR_MAGIC, COLLECTOR_ABI_MAJOR, COLLECTOR_ABI_MINOR, sizeof(collector_plugin), 0,
    COLLECTOR_STR(DESCRIPTION), create, collect, destroy};

const collector_plugin *collector_plugin_entry_v1(void)
{
    return &table;
}

static collector_str str(const char *ptr, uint64_t len)
{
    collector_str it = {ptr, len};
    return it;
}

void bridge_fail(const collector_host *host, collector_status status, const char *text,
                 uint64_t len)
{
    host->fail(host->ctx, status, str(text, len));
}

int32_t bridge_should_stop(const collector_host *host)
{
    return host->should_stop(host->ctx);
}

collector_status bridge_begin(const collector_host *host, const char *name, uint64_t name_len,
                              const char *media_type, uint64_t media_type_len, uint64_t *handle)
{
    return host->artifact_begin(host->ctx, str(name, name_len), str(media_type, media_type_len),
                                handle);
}

collector_status bridge_write(const collector_host *host, uint64_t handle, const char *data,
                              uint64_t len)
{
    return host->artifact_write(host->ctx, handle, data, len);
}

collector_status bridge_end(const collector_host *host, uint64_t handle, collector_status status)
{
    return host->artifact_end(host->ctx, handle, status);
}
