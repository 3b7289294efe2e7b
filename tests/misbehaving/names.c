/* Gives its artifacts names that no file should have. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    char longest[302];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    deliver(host, "/etc/passwd", "absolute");
    deliver(host, "../../escaped", "upwards");
    deliver(host, "below/../../escaped", "upwards later");
    deliver(host, "", "no name");
    deliver(host, longest, "too long");
    deliver(host, "\xff\xfe", "not UTF-8");
    uint64_t handle = 0;
    collector_str nul = {"a\0b", 3}, null = {NULL, 5}, fine = str("text/plain");
    host->artifact_begin(host->ctx, nul, fine, &handle);
    host->artifact_begin(host->ctx, null, fine, &handle);
    host->artifact_begin(host->ctx, str("media"), str("text/plain\nX: y"), &handle);
    deliver(host, "twice", "the first");
    deliver(host, "twice", "the second");
    deliver(host, "last", "fine");
    return COLLECTOR_OK;
}

PLUGIN("names");
