/*
 * bridge.h: what Go cannot do itself: call the host's callbacks, which are pointers to functions,
 * and keep a number where the contract has a pointer.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include "collector_plugin.h"

void bridge_fail(const collector_host *host, collector_status status, const char *text,
                 uint64_t len);
int32_t bridge_should_stop(const collector_host *host);
collector_status bridge_begin(const collector_host *host, const char *name, uint64_t name_len,
                              const char *media_type, uint64_t media_type_len, uint64_t *handle);
collector_status bridge_write(const collector_host *host, uint64_t handle, const char *data,
                              uint64_t len);
collector_status bridge_end(const collector_host *host, uint64_t handle, collector_status status);

#endif
