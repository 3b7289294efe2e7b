/*
 * leak MODE PER_TICK INTERVAL_MS TICKS DIR
 *
 * Adds PER_TICK objects every INTERVAL_MS for TICKS ticks, then keeps what it has until it is
 * killed. What a mode does is in its own file; this one only keeps time. After every tick it
 * prints the number of objects so far.
 */
#define _GNU_SOURCE
#include "leak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void die(const char *what)
{
    fprintf(stderr, "leak: %s: %s\n", what, strerror(errno));
    exit(1);
}

long need(const char *what, long value)
{
    if (value < 0)
        die(what);
    return value;
}

const char *below(const char *dir, const char *format, size_t at)
{
    static char path[4096];
    int n = snprintf(path, sizeof path, "%s/", dir);
    snprintf(path + n, sizeof path - (size_t)n, format, at);
    return path;
}

static const struct mode *const families[] = {
    file_modes, socket_modes, memory_modes, kernel_modes,
};

static const struct mode *find(const char *name)
{
    for (size_t family = 0; family < sizeof families / sizeof *families; family++)
        for (const struct mode *mode = families[family]; mode->name; mode++)
            if (!strcmp(mode->name, name))
                return mode;
    return NULL;
}

static void usage(void)
{
    fprintf(stderr, "usage: leak MODE PER_TICK INTERVAL_MS TICKS DIR\n");
    for (size_t family = 0; family < sizeof families / sizeof *families; family++)
        for (const struct mode *mode = families[family]; mode->name; mode++)
            fprintf(stderr, "  %-22s %s\n", mode->name, mode->object);
    exit(2);
}

/* As many descriptors as this process may have. */
static void raise_limit(void)
{
    struct rlimit limit;
    need("getrlimit", getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = limit.rlim_max;
    need("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
}

int main(int argc, char **argv)
{
    const struct mode *mode = argc == 6 ? find(argv[1]) : NULL;
    if (!mode)
        usage();
    long per_tick = atol(argv[2]), interval_ms = atol(argv[3]), ticks = atol(argv[4]);
    struct timespec next;
    size_t at = 0;
    raise_limit();
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long tick = 0; tick < ticks; tick++) {
        for (long i = 0; i < per_tick; i++)
            mode->add(argv[5], at++);
        printf("%zu\n", at);
        fflush(stdout);
        /* Anchored to the start, so that a slow tick does not slow the leak. */
        next.tv_sec += interval_ms / 1000;
        next.tv_nsec += interval_ms % 1000 * 1000000;
        if (next.tv_nsec >= 1000000000) {
            next.tv_sec++;
            next.tv_nsec -= 1000000000;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    printf("done\n");
    fflush(stdout);
    for (;;)
        pause();
}
