/* Finds the socket to the core and writes to it what is no frame. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    deliver(host, "before", "whole");
    for (int fd = 0; fd < 64; fd++) {
        int type;
        socklen_t length = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0)
            send(fd, "GET / HTTP/1.1\r\nHost: collector\r\n\r\n", 37, 0);
    }
    sleep_ms(200);
    return COLLECTOR_OK;
}

PLUGIN("garbage");
