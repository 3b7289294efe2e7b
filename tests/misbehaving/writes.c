/* Tries to write files where the core may: in the output directory and beside the manifest. */
#include <errno.h>

#include "plugin.h"

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    const char *paths[] = {"out/planted", "planted", "/tmp/planted-by-a-plugin"};
    char name[32];
    for (int at = 0; at < 3; at++) {
        int fd = open(paths[at], O_CREAT | O_WRONLY, 0600);
        snprintf(name, sizeof name, "%s-%d", fd < 0 && errno == EACCES ? "denied" : "written", at);
        deliver(host, name, paths[at]);
        if (fd >= 0)
            unlink(paths[at]);
    }
    return COLLECTOR_OK;
}

PLUGIN("writes");
