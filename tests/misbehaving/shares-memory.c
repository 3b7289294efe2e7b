/* Fills 100 MiB and forks four children that only read them: it takes 100 MiB, not 500. */
#include "plugin.h"
#include <sys/wait.h>

static collector_status collect(void *instance, const collector_host *host)
{
    (void)instance;
    const size_t size = 100u << 20;
    char *memory = malloc(size);
    if (!memory)
        return COLLECTOR_FAILED;
    memset(memory, 1, size);
    for (int at = 0; at < 4; at++) {
        if (fork() == 0) {
            volatile char sum = 0;
            for (int round = 0; round < 80; round++) {
                for (size_t page = 0; page < size; page += 4096)
                    sum += memory[page];
                sleep_ms(50);
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    deliver(host, "after", "whole");
    free(memory);
    return COLLECTOR_OK;
}

PLUGIN("shares-memory");
