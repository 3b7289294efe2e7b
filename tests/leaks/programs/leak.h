/* What the leaking programs share: a mode adds one object at a time and keeps it, or not. */
#ifndef LEAK_H
#define LEAK_H

#include <stddef.h>

/* A way to leak, or to look like it. */
struct mode {
    const char *name;
    /* Adds the object number `at` below the directory `dir`; dies when it cannot. */
    void (*add)(const char *dir, size_t at);
    /* What one object is, for the usage. */
    const char *object;
};

extern const struct mode file_modes[], socket_modes[], memory_modes[], kernel_modes[];

/* Ends the program with the error of a failed call. */
void die(const char *what);
/* `value`, or the end of the program when it is negative. */
long need(const char *what, long value);
/* A path below `dir`, in a buffer that the next call uses again. */
const char *below(const char *dir, const char *format, size_t at);

#endif
