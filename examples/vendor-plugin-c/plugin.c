/*
 * A plugin for collector: the space and the number of files of a directory, at each sample.
 *
 * The host starts a process for each collector of a manifest and calls, all on one thread,
 *
 *     create(host, config)      once
 *     collect(instance, host)   at each sample
 *     destroy(instance)         at the end, unless the process was killed
 *
 * What the plugin says about itself is plugin.json; the Makefile makes description.h of it.
 */
#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collector_plugin.h"
#include "config.h"
#include "description.h"

/* Places the description where `collector plugin describe` reads it without loading the library. */
COLLECTOR_DESCRIPTION(DESCRIPTION);

#define PATH_BYTES 4096
/* Directories below directories: a tree that is deeper is told as a problem, not followed. */
#define MAX_DEPTH 64

/* What is kept from one sample to the next. */
struct usage {
    char path[PATH_BYTES];
};

/* What one walk found. */
struct count {
    const collector_host *host;
    unsigned long long bytes, files, unread;
    int why; /* errno of the first that was not read */
    char first_unread[PATH_BYTES];
};

static collector_str str(const char *text)
{
    collector_str it = {text, strlen(text)};
    return it;
}

/* Tells a problem, for a reader who wants to know what would help, and gives its status. */
static collector_status fail(const collector_host *host, collector_status status,
                             const char *what, const char *path, const char *advice)
{
    char text[PATH_BYTES + 512];
    snprintf(text, sizeof text, "%s: %s; %s", path, what, advice);
    host->fail(host->ctx, status, str(text));
    return status;
}

/*
 * The configuration was checked against config_schema before, so `path` is there and is a text.
 * Whether it can be used is for create() to say, or, as here, for each sample: the directory may
 * come and go.
 */
static collector_status create(const collector_host *host, collector_str config_json,
                               void **instance)
{
    struct usage *usage = calloc(1, sizeof *usage);
    if (usage == NULL)
        return fail(host, COLLECTOR_FAILED, "no memory", "create", "raise limits.max_memory");
    if (config_text(config_json, "path", usage->path, sizeof usage->path) != 0) {
        free(usage);
        return fail(host, COLLECTOR_BAD_CONFIG, "cannot be read", "config key path",
                    "write a path of printable characters");
    }
    *instance = usage;
    return COLLECTOR_OK;
}

/* What it means to the host that something was not read. */
static collector_status status_of(int why)
{
    switch (why) {
    case EACCES:
        return COLLECTOR_DENIED;
    case ENOENT:
        return COLLECTOR_UNAVAILABLE;
    default:
        return COLLECTOR_FAILED;
    }
}

/* Counts what could not be read, with its errno; 0 is what could. */
static void note_unread(struct count *count, const char *path, int why)
{
    if (why == 0 || why == ENOENT) /* removed meanwhile, which is no problem */
        return;
    if (count->unread++ == 0) {
        count->why = why;
        snprintf(count->first_unread, sizeof count->first_unread, "%s", path);
    }
}

/*
 * Adds what is below `path`. What cannot be read there is counted apart: it is not the same as
 * empty. Gives 0, or the errno of `path` itself when it was not read to its end.
 */
static int walk(struct count *count, const char *path, int depth)
{
    int why = 0;
    struct dirent *entry;
    DIR *directory = depth > MAX_DEPTH ? (errno = ELOOP, NULL) : opendir(path);
    if (directory == NULL)
        return errno;
    /* Ask between units of work: a plugin that does not stop in time is killed. */
    while (!count->host->should_stop(count->host->ctx)) {
        char inner[PATH_BYTES];
        struct stat it;
        errno = 0;
        entry = readdir(directory);
        if (entry == NULL) {
            why = errno;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= sizeof inner)
            note_unread(count, path, ENAMETOOLONG);
        else if (lstat(inner, &it) != 0)
            note_unread(count, inner, errno);
        else if (S_ISDIR(it.st_mode))
            note_unread(count, inner, walk(count, inner, depth + 1));
        else {
            count->files++;
            count->bytes += (unsigned long long)it.st_blocks * 512;
        }
    }
    closedir(directory);
    return why;
}

/* Delivers a whole artifact. After anything but COLLECTOR_OK the host takes no more. */
static collector_status deliver(const collector_host *host, const char *name,
                                const char *media_type, const char *text)
{
    uint64_t handle;
    collector_status status =
        host->artifact_begin(host->ctx, str(name), str(media_type), &handle);
    if (status != COLLECTOR_OK)
        return status;
    status = host->artifact_write(host->ctx, handle, text, strlen(text));
    if (status != COLLECTOR_OK) {
        host->artifact_end(host->ctx, handle, COLLECTOR_PARTIAL);
        return status;
    }
    return host->artifact_end(host->ctx, handle, COLLECTOR_OK);
}

/*
 * Takes one sample. Numbers go on a page of OpenMetrics: `collector report` follows each series of
 * such a page over time and says which ones grow.
 */
static collector_status collect(void *instance, const collector_host *host)
{
    const struct usage *usage = instance;
    struct count count;
    char page[1024];
    int why;
    collector_status status;

    memset(&count, 0, sizeof count);
    count.host = host;
    why = walk(&count, usage->path, 0);
    if (why != 0) /* nothing was read, and that is not a size of 0 */
        return fail(host, status_of(why), strerror(why), usage->path,
                    "let `path` of the configuration name a directory, and run with sudo if you "
                    "may not read it");
    if (host->should_stop(host->ctx)) {
        /* Half a walk is not the size of the directory, so nothing is delivered. */
        return fail(host, COLLECTOR_STOPPED, "not walked to its end in time", usage->path,
                    "raise limits.timeout");
    }
    snprintf(page, sizeof page,
             "# TYPE acme_usage_bytes gauge\n"
             "# UNIT acme_usage_bytes bytes\n"
             "# HELP acme_usage_bytes Space of the files below the directory.\n"
             "acme_usage_bytes %llu\n"
             "# TYPE acme_usage_files gauge\n"
             "# HELP acme_usage_files Files below the directory.\n"
             "acme_usage_files %llu\n"
             "# EOF\n",
             count.bytes, count.files);
    status = deliver(host, "metrics",
                     "application/openmetrics-text; version=1.0.0; charset=utf-8", page);
    if (status == COLLECTOR_OK && count.unread > 0) {
        /* The page stays, and the reader is told that it is not all of it. */
        char what[256];
        snprintf(what, sizeof what, "%s (the first of %llu that were not counted)",
                 strerror(count.why), count.unread);
        status = count.why == EACCES ? COLLECTOR_DENIED : COLLECTOR_PARTIAL;
        fail(host, status, what, count.first_unread, "run with sudo to count them too");
    }
    return status;
}

static void destroy(void *instance)
{
    free(instance);
}

static const collector_plugin plugin = {
    COLLECTOR_MAGIC, COLLECTOR_ABI_MAJOR, COLLECTOR_ABI_MINOR, sizeof(collector_plugin),
    0, /* works with every host of this major */
    COLLECTOR_STR(DESCRIPTION), create, collect, destroy,
};

/* The only symbol that is exported. */
const collector_plugin *collector_plugin_entry_v1(void)
{
    return &plugin;
}
