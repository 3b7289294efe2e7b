/* Files: opened and kept, opened and closed, deleted with their space, watched, locked. */
#define _GNU_SOURCE
#include "leak.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path of the founding case. Its directories are made at the first object. */
static const char *lock_path(const char *dir, size_t at)
{
    static const char *const parents[] = {
        "mydb", "mydb/.dolt", "mydb/.dolt/stats", "mydb/.dolt/stats/.dolt",
        "mydb/.dolt/stats/.dolt/noms",
    };
    if (at == 0)
        for (size_t i = 0; i < sizeof parents / sizeof *parents; i++)
            mkdir(below(dir, parents[i], 0), 0700);
    return below(dir, "mydb/.dolt/stats/.dolt/noms/LOCK", 0);
}

static int open_lock(const char *dir, size_t at)
{
    const char *path = lock_path(dir, at);
    int fd = (int)need("open LOCK", open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    need("unlink LOCK", unlink(path));
    return fd;
}

static void open_deleted(const char *dir, size_t at)
{
    open_lock(dir, at);
}

static void open_closed(const char *dir, size_t at)
{
    close(open_lock(dir, at));
}

static void drop(const char *what)
{
    sync();
    int fd = (int)need("open drop_caches", open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
    need("write drop_caches", write(fd, what, 1));
    close(fd);
}

/* 42,000 files, of which every seventh stays open. Then the kernel is told to give back what nobody
 * uses: it gives back the inodes and cannot give back their slabs. */
static void one_of_seven(const char *dir, size_t at)
{
    enum { FILES = 42000 };
    if (at < FILES) {
        const char *path = below(dir, "file-%zu", at);
        int fd = (int)need("open", open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (at % 7 != 0)
            close(fd);
    }
    /* What others have in the caches goes first, pages too, which keep their inodes. Twice at the end,
     * because what is still to be written stays. */
    if (at == 0)
        drop("3");
    if (at == FILES || at == FILES + FILES / 4)
        drop("2");
}

/* 10,000 descriptors of one file at once, and nothing after: only who looks at them makes work. */
static void held_descriptors(const char *dir, size_t at)
{
    (void)dir;
    for (size_t i = 0; at == 0 && i < 10000; i++)
        need("open /dev/null", open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static void many_files(const char *dir, size_t at)
{
    close((int)need("open", open(below(dir, "file-%zu", at), O_RDWR | O_CREAT | O_CLOEXEC, 0600)));
}

/* One MiB of a file that has no name any more. */
static void deleted_space(const char *dir, size_t at)
{
    static int fd = -1;
    static char block[1 << 20];
    if (at == 0) {
        const char *path = below(dir, "spool.dat", 0);
        fd = (int)need("open", open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        need("unlink", unlink(path));
        memset(block, 'x', sizeof block);
    }
    need("write", write(fd, block, sizeof block));
}

/* One MiB of a file that has a name: page cache. */
static void page_cache(const char *dir, size_t at)
{
    static int fd = -1;
    static char block[1 << 20];
    if (at == 0)
        fd = (int)need("open", open(below(dir, "big.dat", 0), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    need("write", write(fd, block, sizeof block));
}

static void negative_dentries(const char *dir, size_t at)
{
    struct stat found;
    stat(below(dir, "no-such-file-with-a-name-of-some-length-%zu", at), &found);
}

static void inotify_watches(const char *dir, size_t at)
{
    static int fd = -1;
    if (at == 0)
        fd = (int)need("inotify_init1", inotify_init1(IN_CLOEXEC));
    const char *path = below(dir, "watched-%zu", at);
    close((int)need("open", open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)));
    need("inotify_add_watch", inotify_add_watch(fd, path, IN_MODIFY));
}

/* Every second byte of one file: no two locks are one. */
static void file_locks(const char *dir, size_t at)
{
    static int fd = -1;
    if (at == 0)
        fd = (int)need("open", open(below(dir, "locked", 0), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)at * 2, .l_len = 1,
    };
    need("fcntl F_SETLK", fcntl(fd, F_SETLK, &lock));
}

const struct mode file_modes[] = {
    {"open-deleted", open_deleted, "a deleted LOCK file, kept open"},
    {"open-closed", open_closed, "the same, closed"},
    {"one-of-seven", one_of_seven, "a file; every seventh of the first 42,000 is kept open"},
    {"held-descriptors", held_descriptors, "nothing, but 10,000 descriptors at the first"},
    {"many-files", many_files, "an empty file, closed"},
    {"deleted-space", deleted_space, "a MiB of a deleted file"},
    {"page-cache", page_cache, "a MiB of a file"},
    {"negative-dentries", negative_dentries, "a look for a file that is not there"},
    {"inotify-watches", inotify_watches, "a watched file"},
    {"file-locks", file_locks, "a lock on a byte"},
    {NULL, NULL, NULL},
};
