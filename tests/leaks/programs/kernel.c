/* Objects of the kernel: BPF maps, namespaces, control groups. They take root. */
#define _GNU_SOURCE
#include "leak.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
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

static void write_text(const char *path, const char *text)
{
    int fd = (int)need(path, open(path, O_WRONLY | O_CLOEXEC));
    need(path, write(fd, text, strlen(text)));
    close(fd);
}

/* A control group that is removed while a page that it paid for is in the page cache: it is dead,
 * and stays as long as the page. DIR is the directory of a group of the memory controller. */
static void dead_groups(const char *dir, size_t at)
{
    static char page[4096];
    char group[4096], path[4200], pid[32];
    static int kept = -1;
    if (at == 0)
        kept = (int)need("open", open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    snprintf(group, sizeof group, "%s", below(dir, "dead-%zu", at));
    need("mkdir", mkdir(group, 0700));
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    write_text(path, pid);
    off_t place = (off_t)at * (off_t)sizeof page;
    need("pwrite", pwrite(kept, page, sizeof page, place));
    /* Locked, because the kernel may have another use for a page that nobody looks at. */
    if (mmap(NULL, sizeof page, PROT_READ, MAP_SHARED | MAP_LOCKED, kept, place) == MAP_FAILED)
        die("mmap");
    write_text(below(dir, "cgroup.procs", 0), pid);
    need("rmdir", rmdir(group));
}

/* One MiB more for the events of each processor. */
static void trace_buffer(const char *dir, size_t at)
{
    char size[32];
    (void)dir;
    snprintf(size, sizeof size, "%zu", 1024 * (at + 1));
    write_text("/sys/kernel/tracing/buffer_size_kb", size);
}

/* One MiB that cannot be compressed on a disk in memory, whose number is left in DIR/device. */
static void zram_data(const char *dir, size_t at)
{
    static char block[1 << 20], path[64];
    static int fd = -1;
    if (at == 0) {
        char number[16] = {0};
        int add = (int)need("open hot_add", open("/sys/class/zram-control/hot_add", O_RDONLY));
        number[need("read hot_add", read(add, number, sizeof number - 1)) - 1] = 0;
        close(add);
        int note = (int)need("open", open(below(dir, "device", 0), O_WRONLY | O_CREAT, 0600));
        need("write", write(note, number, strlen(number)));
        close(note);
        snprintf(path, sizeof path, "/sys/block/zram%s/disksize", number);
        write_text(path, "1G");
        snprintf(path, sizeof path, "/dev/zram%s", number);
        fd = (int)need(path, open(path, O_WRONLY | O_SYNC | O_CLOEXEC));
    }
    need("getrandom", getrandom(block, sizeof block, 0));
    need("write", write(fd, block, sizeof block));
    /* What is on the disk stays; the pages of the disk need not. */
    need("fadvise", -posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
}

const struct mode kernel_modes[] = {
    {"bpf-maps", bpf_maps, "an array of one MiB"},
    {"network-namespaces", network_namespaces, "a network namespace"},
    {"control-groups", control_groups, "a control group; DIR is the parent's"},
    {"dead-groups", dead_groups, "a control group that is removed, and a page it paid for"},
    {"trace-buffer", trace_buffer, "a MiB of events for each processor"},
    {"zram-data", zram_data, "a MiB on a disk in memory"},
    {NULL, NULL, NULL},
};
