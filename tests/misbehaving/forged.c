/* Tells the core in a frame of its own of an artifact outside its directory. */
#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance, (void)host;
    static const char frame[] = "\x20\0\0\0\x14\x01\0\0"  /* 32 bytes, kind Begin, version 1 */
                                "\x09\0\0\0\0\0\0\0" "\x0a\0\0\0"
                                "../escaped" "text/plain";
    for (int fd = 0; fd < 64; fd++) {
        int type;
        socklen_t length = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0) {
            send(fd, frame, sizeof frame - 1, 0);
            break;
        }
    }
    deliver(host, "after", "whole");
    return COLLECTOR_OK;
}

PLUGIN("forged");
