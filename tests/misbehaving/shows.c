/* Behaves; its artifacts are text, bytes, text that steers a terminal, and text without end. */
#include "plugin.h"

static collector_status create_and_print(const collector_host *host, collector_str config,
                                         void **instance)
{
    (void)host, (void)config;
    *instance = NULL;
    printf("made\n");
    fflush(stdout);
    return COLLECTOR_OK;
}
#undef CREATE
#define CREATE create_and_print

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    deliver(host, "in/text", "a line\nand another");
    deliver(host, "bytes", "\xff\xfe");
    deliver(host, "steers", "\033[2J\tgone\n");
    uint64_t handle = begin(host, "long");
    for (int line = 0; line < 8192; line++)
        put(host, handle, "sixteen bytes..\n");
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
    host->log(host->ctx, COLLECTOR_LOG_WARN, str("a remark"));
    fprintf(stderr, "collected\n");
    return COLLECTOR_OK;
}

PLUGIN("shows");
