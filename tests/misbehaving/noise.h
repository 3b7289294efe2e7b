/*
 * noise.h: bytes that no compression makes smaller, other ones at every call.
 */
#ifndef NOISE_H
#define NOISE_H

#include "plugin.h"

/* Delivers n_pieces times 64 KiB of noise as one artifact. */
static inline void deliver_noise(const collector_host *host, const char *name, int n_pieces)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;
    static uint64_t words[8192];
    uint64_t handle = begin(host, name);
    for (int piece = 0; piece < n_pieces; piece++) {
        for (size_t at = 0; at < sizeof words / sizeof *words; at++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words[at] = state;
        }
        host->artifact_write(host->ctx, handle, (const char *)words, sizeof words);
    }
    host->artifact_end(host->ctx, handle, COLLECTOR_OK);
}

#endif
