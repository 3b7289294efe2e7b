/*
 * frames.h: speaks to the core past the host's callbacks, in frames of the plugin's own making.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "plugin.h"

/* Sends bytes over the socket to the core. */
static inline void forge(const char *bytes, size_t n_bytes)
{
    for (int fd = 3; fd < 64; fd++) {
        int type;
        socklen_t length = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0) {
            send(fd, bytes, n_bytes, 0);
            return;
        }
    }
}

/* Header: length, kind, version 1. */
#define HEAD(length, kind) length "\0\0\0" kind "\x01\0\0"
#define BEGIN_ODD HEAD("\x19", "\x14") "\x63\0\0\0\0\0\0\0" "\x03\0\0\0" "odd" "text/plain"
#define DATA_ODD HEAD("\x0b", "\x15") "\x63\0\0\0\0\0\0\0" "abc"
#define END_ODD HEAD("\x0c", "\x16") "\x63\0\0\0\0\0\0\0" "\0\0\0\0"
#define DONE HEAD("\x0c", "\x17") "\0\0\0\0" "\0\0\0\0\0\0\0\0"
#define CREATED HEAD("\x04", "\x11") "\0\0\0\0"
#define FORGE(bytes) forge(bytes, sizeof(bytes) - 1)

#endif
