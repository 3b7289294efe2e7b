/* Objects of the kernel: BPF maps, namespaces, control groups. They take root. */
#define _GNU_SOURCE
#include "leak.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A hash of about one MiB. */
static void bpf_maps(const char *dir, size_t at)
{
    union bpf_attr map;
    (void)dir, (void)at;
    memset(&map, 0, sizeof map);
    map.map_type = BPF_MAP_TYPE_ARRAY;
    map.key_size = 4;
    map.value_size = 4096;
    map.max_entries = 256;
    need("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
}

/* A network namespace that only a descriptor keeps. */
static void network_namespaces(const char *dir, size_t at)
{
    static int own = -1;
    (void)dir, (void)at;
    if (own < 0)
        own = (int)need("open /proc/self/ns/net", open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    need("unshare CLONE_NEWNET", unshare(CLONE_NEWNET));
    need("open /proc/self/ns/net", open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    need("setns", setns(own, CLONE_NEWNET));
}

/* A control group in DIR, which is the directory of one. */
static void control_groups(const char *dir, size_t at)
{
    need("mkdir", mkdir(below(dir, "leak-%zu", at), 0700));
}

const struct mode kernel_modes[] = {
    {"bpf-maps", bpf_maps, "an array of one MiB"},
    {"network-namespaces", network_namespaces, "a network namespace"},
    {"control-groups", control_groups, "a control group; DIR is the parent's"},
    {NULL, NULL, NULL},
};
