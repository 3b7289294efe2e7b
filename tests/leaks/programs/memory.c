/* Memory of a process: heap, mappings, shared memory, page tables, threads. */
#define _GNU_SOURCE
#include "leak.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MIB = 1 << 20, PAGE = 4096 };

static void native_heap(const char *dir, size_t at)
{
    (void)dir;
    char *memory = malloc(MIB);
    if (!memory)
        die("malloc");
    memset(memory, (int)at | 1, MIB);
}

static char *mapped(size_t length, int protection, int flags)
{
    char *memory = mmap(NULL, length, protection, flags | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    return memory;
}

static void anonymous_maps(const char *dir, size_t at)
{
    (void)dir;
    memset(mapped(MIB, PROT_READ | PROT_WRITE, 0), (int)at | 1, MIB);
}

/* All at the first object, nothing after: a step. */
static void one_step(const char *dir, size_t at)
{
    (void)dir;
    if (at == 64)
        memset(mapped(256 * (size_t)MIB, PROT_READ | PROT_WRITE, 0), 1, 256 * (size_t)MIB);
}

/* A cache of 256 MiB that is filled at random: ever fewer objects find an empty place. */
static void bounded_cache(const char *dir, size_t at)
{
    enum { PLACES = 256 };
    static char *places[PLACES];
    static uint64_t state = 88172645463325252u;
    (void)dir, (void)at;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    char **place = &places[state % PLACES];
    if (!*place)
        *place = mapped(MIB, PROT_READ | PROT_WRITE, 0);
    memset(*place, (int)at | 1, MIB);
}

/* Rises to 200 MiB and falls again, with all that is done for it, every 48 objects. */
static void load_cycle(const char *dir, size_t at)
{
    enum { PERIOD = 48, PIECES = PERIOD / 2, PIECE = 8 * MIB };
    static char *pieces[PIECES];
    size_t place = at % PERIOD;
    (void)dir;
    if (place < PIECES) {
        pieces[place] = mapped(PIECE, PROT_READ | PROT_WRITE, 0);
        memset(pieces[place], (int)at | 1, PIECE);
    } else {
        need("munmap", munmap(pieces[PERIOD - 1 - place], PIECE));
    }
}

/* A child that leaks 4 MiB with each object, and that is started anew after 24. */
static void restarts(const char *dir, size_t at)
{
    static int orders = -1;
    static pid_t child;
    (void)dir;
    if (at % 24 == 0) {
        int ends[2];
        if (child > 0) {
            kill(child, SIGKILL);
            need("waitpid", waitpid(child, NULL, 0));
            close(orders);
        }
        need("pipe", pipe(ends));
        child = (pid_t)need("fork", fork());
        if (child == 0) {
            char order;
            close(ends[1]);
            /* The end of the orders is the end of the parent. */
            while (read(ends[0], &order, 1) == 1)
                memset(mapped(4 * MIB, PROT_READ | PROT_WRITE, 0), 1, 4 * MIB);
            _exit(0);
        }
        close(ends[0]);
        orders = ends[1];
    }
    need("write", write(orders, "", 1));
}

/* Ten pieces at a time, of which only one in 64 is kept, and all at the start. */
static void retained_heap(const char *dir, size_t at)
{
    enum { N = 65536 };
    static char *pieces[N];
    (void)dir;
    if (at != 8)
        return;
    for (size_t i = 0; i < N; i++)
        if (!(pieces[i] = malloc(2048)))
            die("malloc");
        else
            memset(pieces[i], 1, 2048);
    for (size_t i = 0; i < N; i++)
        if (i % 64 != 0)
            free(pieces[i]);
}

static void memfds(const char *dir, size_t at)
{
    static char block[MIB];
    (void)dir;
    int fd = (int)need("memfd_create", memfd_create("segment", MFD_CLOEXEC));
    memset(block, (int)at | 1, MIB);
    need("write", write(fd, block, MIB));
}

/* A file of one MiB in DIR, which is in a tmpfs. */
static void tmpfs_files(const char *dir, size_t at)
{
    static char block[MIB];
    const char *path = below(dir, "file-%zu", at);
    int fd = (int)need("open", open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    memset(block, (int)at | 1, MIB);
    need("write", write(fd, block, MIB));
    close(fd);
}

/* A segment nobody is attached to any more. It outlives the program: `ipcrm` removes it. */
static void sysv_segments(const char *dir, size_t at)
{
    (void)dir;
    int id = (int)need("shmget", shmget(IPC_PRIVATE, MIB, IPC_CREAT | 0600));
    void *memory = shmat(id, NULL, 0);
    if (memory == (void *)-1)
        die("shmat");
    memset(memory, (int)at | 1, MIB);
    need("shmdt", shmdt(memory));
}

/* Every second page of a map of 4 MiB gets another protection: 1,024 mappings, no memory. */
static void split_maps(const char *dir, size_t at)
{
    (void)dir, (void)at;
    char *memory = mapped(4 * MIB, PROT_NONE, MAP_NORESERVE);
    for (size_t page = 0; page < 4 * MIB / PAGE; page += 2)
        need("mprotect", mprotect(memory + page * PAGE, PAGE, PROT_READ));
}

/* Reads one page in each 2 MiB of a GiB nobody wrote: page tables without memory. */
static void sparse_reads(const char *dir, size_t at)
{
    static volatile char seen;
    const size_t length = (size_t)1 << 30;
    (void)dir, (void)at;
    char *memory = mapped(length, PROT_READ, MAP_NORESERVE);
    madvise(memory, length, MADV_NOHUGEPAGE);
    for (size_t place = 0; place < length; place += 2 * MIB)
        seen = memory[place];
    (void)seen;
}

static void *sleep_for_ever(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

static void threads(const char *dir, size_t at)
{
    pthread_t thread;
    pthread_attr_t small;
    (void)dir, (void)at;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    if (pthread_create(&thread, &small, sleep_for_ever, NULL))
        die("pthread_create");
    pthread_attr_destroy(&small);
}

static void zombies(const char *dir, size_t at)
{
    (void)dir, (void)at;
    if (need("fork", fork()) == 0)
        _exit(0);
}

static void timers(const char *dir, size_t at)
{
    timer_t timer;
    struct sigevent nothing = {.sigev_notify = SIGEV_NONE};
    (void)dir, (void)at;
    need("timer_create", timer_create(CLOCK_MONOTONIC, &nothing, &timer));
}

const struct mode memory_modes[] = {
    {"native-heap", native_heap, "a MiB of malloc"},
    {"anonymous-maps", anonymous_maps, "a MiB of mmap"},
    {"one-step", one_step, "nothing, but 256 MiB at the 64th"},
    {"bounded-cache", bounded_cache, "a MiB at one of 256 places"},
    {"load-cycle", load_cycle, "8 MiB more, or less: 24 of each"},
    {"restarts", restarts, "4 MiB of a child, which is started anew after 24"},
    {"retained-heap", retained_heap, "nothing, but 128 MiB at the 8th, of which 2 are kept"},
    {"memfds", memfds, "a memfd of one MiB"},
    {"tmpfs-files", tmpfs_files, "a file of one MiB; DIR is in a tmpfs"},
    {"sysv-segments", sysv_segments, "a detached segment of one MiB"},
    {"split-maps", split_maps, "1,024 mappings"},
    {"sparse-reads", sparse_reads, "512 pages of page tables"},
    {"threads", threads, "a thread that sleeps"},
    {"zombies", zombies, "a dead child nobody asks for"},
    {"timers", timers, "a POSIX timer"},
    {NULL, NULL, NULL},
};
