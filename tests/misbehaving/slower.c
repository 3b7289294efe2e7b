/* Takes two and a half seconds for each sample. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    call_process("collecting");
    sleep_ms(2500);
    deliver(host, "late", "better than never");
    call_process("idle");
    return COLLECTOR_OK;
}

PLUGIN("slower");
