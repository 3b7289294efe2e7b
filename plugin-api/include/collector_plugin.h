/*
 * collector_plugin.h: the contract between collector and its plugins, ABI 1.
 *
 * This file is the source of truth; every other description of the contract is checked against it.
 * It compiles as C99 and as C++11. docs/plugin-abi.md explains each part at length.
 *
 * A plugin is a shared library that exports one function, collector_plugin_entry_v1, and carries
 * its description in an ELF note (COLLECTOR_DESCRIPTION). It is loaded into a worker process of
 * its own, created once, and asked for one sample at each tick:
 *
 *     create -> collect (0..n times) -> destroy          all on one thread
 *
 * Memory never changes owner across the boundary. What the host passes in is borrowed for the
 * call; what the plugin passes to a callback is copied before the callback returns.
 *
 * No exception may leave a plugin's function: a C++ plugin catches everything and calls fail().
 */
#ifndef COLLECTOR_PLUGIN_H
#define COLLECTOR_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COLLECTOR_MAGIC 0x31504c43u     /* "CLP1", little endian */
#define COLLECTOR_ABI_MAJOR 1
#define COLLECTOR_ABI_MINOR 0
#define COLLECTOR_NOTE_TYPE 0x434c5031u
#define COLLECTOR_NO_DEADLINE UINT64_MAX

/* A borrowed text or byte string. UTF-8 where it is text. {NULL, 0} is the empty string. */
typedef struct collector_str {
    const char *ptr;
    uint64_t len;
} collector_str;

/* How a call went. Not an enum, whose width C leaves open. Later minors may add codes. */
typedef int32_t collector_status;
#define COLLECTOR_OK 0
#define COLLECTOR_FAILED 1              /* an error of the plugin, a caught panic or exception */
#define COLLECTOR_BAD_CONFIG 2          /* create only: the configuration cannot be used       */
#define COLLECTOR_DENIED 3              /* permission is missing; say what would grant it      */
#define COLLECTOR_UNAVAILABLE 4         /* what is read is not there: no process, port closed  */
#define COLLECTOR_STOPPED 5             /* ended early because should_stop() said so           */
#define COLLECTOR_QUOTA 6               /* a callback answered COLLECTOR_QUOTA                 */
#define COLLECTOR_PARTIAL 7             /* some of it was delivered                            */

/* Levels of log(). */
#define COLLECTOR_LOG_ERROR 1u
#define COLLECTOR_LOG_WARN 2u
#define COLLECTOR_LOG_INFO 3u
#define COLLECTOR_LOG_DEBUG 4u

/*
 * What the host offers. Valid from create() until destroy() returns, at the same address.
 * Every callback takes ctx first and may be called from any thread of the plugin while one of the
 * plugin's functions runs; calls for one artifact handle must not overlap.
 * A later minor appends fields; COLLECTOR_HOST_HAS tells whether a field is there.
 */
typedef struct collector_host {
    uint32_t size;                      /* sizeof(collector_host) as the host was built */
    uint32_t abi_minor;                 /* the host's minor */
    void *ctx;

    /* A line for the log of this sample. */
    void (*log)(void *ctx, uint32_t level, collector_str message);

    /*
     * Records one problem: what went wrong, with which source, and what would help. May be called
     * several times; then return the status that stands for the whole.
     */
    void (*fail)(void *ctx, collector_status status, collector_str message);

    /* Not 0 when the plugin should return soon: the deadline has passed, or the capture ends. */
    int32_t (*should_stop)(void *ctx);

    /* Milliseconds until the deadline of this call; COLLECTOR_NO_DEADLINE when there is none. */
    uint64_t (*remaining_ms)(void *ctx);

    /*
     * Starts an artifact. name: [A-Za-z0-9._-] with '/' between parts, at most 200 bytes, no part
     * "." or ".." or starting with '-', unique in the sample. media_type tells the reading side what it is; see
     * docs/plugin-abi.md for those it knows. The handle is never 0.
     */
    collector_status (*artifact_begin)(void *ctx, collector_str name, collector_str media_type,
                                       uint64_t *handle);

    /* Appends bytes. COLLECTOR_QUOTA: the limit is reached, nothing more will be taken. */
    collector_status (*artifact_write)(void *ctx, uint64_t handle, const void *data, uint64_t len);

    /* Ends it: COLLECTOR_OK when it is whole, COLLECTOR_PARTIAL when it was cut. */
    collector_status (*artifact_end)(void *ctx, uint64_t handle, collector_status status);

    /* ABI 1.1 and later: append here, never above. */
} collector_host;

/* What the plugin offers: a constant. NULL for a function that is not implemented. */
typedef struct collector_plugin {
    uint32_t magic;                     /* COLLECTOR_MAGIC */
    uint16_t abi_major;                 /* COLLECTOR_ABI_MAJOR */
    uint16_t abi_minor;                 /* COLLECTOR_ABI_MINOR as the plugin was built */
    uint32_t size;                      /* sizeof(collector_plugin) as the plugin was built */
    uint32_t min_host_minor;            /* the lowest host minor it can work with; mostly 0 */
    collector_str description;          /* the same JSON as in the ELF note */

    /*
     * Makes the collector from its configuration: JSON, valid by config_schema of the description,
     * defaults filled in. *instance is the plugin's own; only destroy() frees it. Required.
     */
    collector_status (*create)(const collector_host *host, collector_str config_json,
                               void **instance);

    /* Takes one sample. Required. */
    collector_status (*collect)(void *instance, const collector_host *host);

    /* Frees what create() made. May be NULL. */
    void (*destroy)(void *instance);

    /* ABI 1.1 and later: append here, never above. */
} collector_plugin;

#define COLLECTOR_HOST_HAS(host, field)                                                            \
    ((host)->size >= offsetof(collector_host, field) + sizeof((host)->field) &&                    \
     (host)->field != NULL)

#if defined(__GNUC__)
#define COLLECTOR_EXPORT __attribute__((visibility("default")))
#else
#define COLLECTOR_EXPORT
#endif

/* The only symbol a plugin exports. Returns the address of a constant; does nothing else. */
COLLECTOR_EXPORT const collector_plugin *collector_plugin_entry_v1(void);

/*
 * Places the description, a JSON text as one string literal, in the library's ELF note, where it
 * can be read without loading the library. At file scope, once. C's terminating NUL belongs to the
 * note; a reader leaves out NULs at the end.
 */
#define COLLECTOR_DESCRIPTION(json)                                                                \
    __attribute__((used, section(".note.collector"), aligned(4))) static const struct {            \
        uint32_t name_size, description_size, type;                                                \
        char name[12];                                                                             \
        char description[(sizeof(json) + 3u) & ~(size_t)3u];                                       \
    } collector_description_note = {10u, (uint32_t)sizeof(json), COLLECTOR_NOTE_TYPE, "collector", \
                                    json}

/* The same text, for the table. */
#define COLLECTOR_STR(literal) {(literal), sizeof(literal) - 1u}

#ifdef __cplusplus
}
#endif

#endif /* COLLECTOR_PLUGIN_H */
