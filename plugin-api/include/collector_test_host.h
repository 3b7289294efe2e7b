/*
 * collector_test_host.h: a host for the tests of a plugin, without the program collector.
 *
 * It calls the plugin through its table, as a worker does, and keeps what the plugin says. It can
 * refuse one call or all from one on, say that time is up, and be as short as an older host. Put it
 * into a test program of its own, linked with the plugin:
 *
 *     struct test_host host;
 *     test_host_init(&host);
 *     TEST_CHECK(test_host_run(&host, "{\"path\":\"/tmp\"}", 1) == COLLECTOR_OK);
 *     TEST_CHECK(test_host_artifact(&host, "metrics") != NULL);
 *     test_host_clear(&host);
 *
 * Compiles as C99 and as C++11. For one thread. Its own limits end the test program with a
 * message; quotas of bytes and the checks of names are the real host's business.
 */
#ifndef COLLECTOR_TEST_HOST_H
#define COLLECTOR_TEST_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector_plugin.h"

#define TEST_MAX_ARTIFACTS 500
#define TEST_MAX_PROBLEMS 32

/* Ends the test program with exit code 1 unless `it` holds. */
#define TEST_CHECK(it)                                                                             \
    do {                                                                                           \
        if (!(it)) {                                                                               \
            fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #it);           \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* One artifact. Its texts end with a NUL that is not counted. */
struct test_artifact {
    char *name, *media_type, *data;
    size_t len;
    int is_open;
    collector_status end; /* with what it was ended */
};

/* One call of fail(). */
struct test_problem {
    collector_status status;
    char *message;
};

struct test_host {
    collector_host table;

    /* What the host will do; set it after test_host_init(). */
    unsigned refuse_call;         /* from which call of artifact_* on, from 1; 0 for none */
    unsigned refuse_last;         /* up to which one; 0 for ever after, as at a quota */
    collector_status refuse_with; /* what it answers to those */
    long asks_left;               /* how often should_stop() says no; -1 for always */
    uint64_t remaining_ms;

    /* What the plugin did. */
    unsigned n_calls; /* of artifact_* */
    size_t n_artifacts, n_problems;
    struct test_artifact artifacts[TEST_MAX_ARTIFACTS];
    struct test_problem problems[TEST_MAX_PROBLEMS];
};

static inline char *test_copy(const void *from, uint64_t len)
{
    char *copy = (char *)malloc((size_t)len + 1);
    TEST_CHECK(copy != NULL);
    TEST_CHECK(from != NULL || len == 0);
    if (len > 0)
        memcpy(copy, from, (size_t)len);
    copy[len] = '\0';
    return copy;
}

static inline void test_log(void *ctx, uint32_t level, collector_str message)
{
    (void)ctx;
    fprintf(stderr, "log %u: %.*s\n", (unsigned)level, (int)message.len,
            message.len > 0 ? message.ptr : "");
}

static inline void test_fail(void *ctx, collector_status status, collector_str message)
{
    struct test_host *host = (struct test_host *)ctx;
    struct test_problem *problem = &host->problems[host->n_problems];
    TEST_CHECK(host->n_problems < TEST_MAX_PROBLEMS);
    TEST_CHECK(status != COLLECTOR_OK);
    problem->status = status;
    problem->message = test_copy(message.ptr, message.len);
    host->n_problems++;
}

static inline int32_t test_should_stop(void *ctx)
{
    struct test_host *host = (struct test_host *)ctx;
    if (host->asks_left < 0)
        return 0;
    if (host->asks_left == 0)
        return 1;
    host->asks_left--;
    return 0;
}

static inline uint64_t test_remaining_ms(void *ctx)
{
    return ((struct test_host *)ctx)->remaining_ms;
}

/* Counts a call of artifact_*, and says whether it is refused. */
static inline int test_refuses(struct test_host *host)
{
    host->n_calls++;
    return host->refuse_call != 0 && host->n_calls >= host->refuse_call
           && (host->refuse_last == 0 || host->n_calls <= host->refuse_last);
}

/* The artifact of `handle`, which must be open. */
static inline struct test_artifact *test_open_artifact(struct test_host *host, uint64_t handle)
{
    TEST_CHECK(handle >= 1 && handle <= host->n_artifacts);
    TEST_CHECK(host->artifacts[handle - 1].is_open);
    return &host->artifacts[handle - 1];
}

/* The last artifact of this name; NULL without one. */
static inline struct test_artifact *test_host_artifact(struct test_host *host, const char *name)
{
    size_t i;
    for (i = host->n_artifacts; i > 0; i--)
        if (strcmp(host->artifacts[i - 1].name, name) == 0)
            return &host->artifacts[i - 1];
    return NULL;
}

static inline collector_status test_begin(void *ctx, collector_str name, collector_str media_type,
                                          uint64_t *handle)
{
    struct test_host *host = (struct test_host *)ctx;
    struct test_artifact *artifact = &host->artifacts[host->n_artifacts];
    if (test_refuses(host))
        return host->refuse_with;
    TEST_CHECK(host->n_artifacts < TEST_MAX_ARTIFACTS);
    TEST_CHECK(name.len >= 1 && name.len <= 200);
    TEST_CHECK(media_type.len >= 1 && media_type.len <= 200);
    artifact->name = test_copy(name.ptr, name.len);
    artifact->media_type = test_copy(media_type.ptr, media_type.len);
    artifact->data = test_copy(NULL, 0);
    artifact->len = 0;
    artifact->is_open = 1;
    *handle = ++host->n_artifacts;
    return COLLECTOR_OK;
}

static inline collector_status test_write(void *ctx, uint64_t handle, const void *data,
                                          uint64_t len)
{
    struct test_host *host = (struct test_host *)ctx;
    struct test_artifact *artifact = test_open_artifact(host, handle);
    char *longer;
    if (test_refuses(host))
        return host->refuse_with;
    TEST_CHECK(data != NULL || len == 0);
    longer = (char *)realloc(artifact->data, artifact->len + (size_t)len + 1);
    TEST_CHECK(longer != NULL);
    if (len > 0)
        memcpy(longer + artifact->len, data, (size_t)len);
    artifact->len += (size_t)len;
    longer[artifact->len] = '\0';
    artifact->data = longer;
    return COLLECTOR_OK;
}

static inline collector_status test_end(void *ctx, uint64_t handle, collector_status status)
{
    struct test_host *host = (struct test_host *)ctx;
    struct test_artifact *artifact = test_open_artifact(host, handle);
    artifact->is_open = 0;
    artifact->end = status;
    return test_refuses(host) ? host->refuse_with : COLLECTOR_OK;
}

/* A host that refuses nothing and has all the time. */
static inline void test_host_init(struct test_host *host)
{
    memset(host, 0, sizeof *host);
    host->refuse_with = COLLECTOR_QUOTA;
    host->asks_left = -1;
    host->remaining_ms = COLLECTOR_NO_DEADLINE;
    host->table.size = (uint32_t)sizeof host->table;
    host->table.abi_minor = COLLECTOR_ABI_MINOR;
    host->table.ctx = host;
    host->table.log = test_log;
    host->table.fail = test_fail;
    host->table.should_stop = test_should_stop;
    host->table.remaining_ms = test_remaining_ms;
    host->table.artifact_begin = test_begin;
    host->table.artifact_write = test_write;
    host->table.artifact_end = test_end;
}

/*
 * Makes it a host from before `field` of collector_host was appended: its table ends there, and what
 * lies behind is no address of anything. A plugin that asks COLLECTOR_HOST_HAS first does not mind.
 */
#define TEST_HOST_BEFORE(host, field) test_host_cut((host), offsetof(collector_host, field))

static inline void test_host_cut(struct test_host *host, size_t size)
{
    memset((char *)&host->table + size, 0x55, sizeof host->table - size);
    host->table.size = (uint32_t)size;
}

/* Frees what was kept, so that the host can be initialized again. */
static inline void test_host_clear(struct test_host *host)
{
    size_t i;
    for (i = 0; i < host->n_artifacts; i++) {
        free(host->artifacts[i].name);
        free(host->artifacts[i].media_type);
        free(host->artifacts[i].data);
    }
    for (i = 0; i < host->n_problems; i++)
        free(host->problems[i].message);
    host->n_artifacts = host->n_problems = 0;
}

/*
 * Creates the plugin with `config`, takes up to `n_samples` samples, destroys it, and gives the
 * last status: that of create() when it was not COLLECTOR_OK. A sample that leaves an artifact open
 * ends the test program: the real host would mark it as cut.
 */
static inline collector_status test_host_run(struct test_host *host, const char *config,
                                             int n_samples)
{
    const collector_plugin *plugin = collector_plugin_entry_v1();
    collector_str json;
    collector_status status;
    void *instance = NULL;
    size_t i;
    json.ptr = config;
    json.len = strlen(config);
    TEST_CHECK(plugin->magic == COLLECTOR_MAGIC);
    TEST_CHECK(plugin->size >= sizeof(collector_plugin));
    status = plugin->create(&host->table, json, &instance);
    if (status != COLLECTOR_OK) {
        TEST_CHECK(host->n_problems > 0); /* a refusal says why */
        return status;
    }
    while (n_samples-- > 0) {
        status = plugin->collect(instance, &host->table);
        for (i = 0; i < host->n_artifacts; i++)
            TEST_CHECK(!host->artifacts[i].is_open);
    }
    if (plugin->destroy != NULL)
        plugin->destroy(instance);
    return status;
}

#endif /* COLLECTOR_TEST_HOST_H */
