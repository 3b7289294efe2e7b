/* Announces to the core a frame of four gigabytes. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    deliver(host, "before", "whole");
    for (int fd = 0; fd < 64; fd++) {
        int type;
        socklen_t length = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0)
            send(fd, "\xff\xff\xff\xff\x15\x01\0\0", 8, 0);
    }
    sleep_ms(200);
    return COLLECTOR_OK;
}

PLUGIN("giant-frame");
