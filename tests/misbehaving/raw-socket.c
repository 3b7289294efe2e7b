/* Opens a raw socket, which takes CAP_NET_RAW, and names that capability. */
#ifndef NEEDS
#define NEEDS "{\"caps\":[\"CAP_NET_RAW\"]}"
#endif
#include <errno.h>
#include <netinet/in.h>

#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (fd < 0) {
        char text[128];
        snprintf(text, sizeof text,
                 "a raw socket: %s; run as root, or grant CAP_NET_RAW, to add it", strerror(errno));
        fail(host, COLLECTOR_DENIED, text);
        return COLLECTOR_DENIED;
    }
    close(fd);
    deliver(host, "socket", "opened");
    return COLLECTOR_OK;
}

PLUGIN("raw-socket");
