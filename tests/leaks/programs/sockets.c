/* Sockets, pipes and other descriptors, with and without data nobody reads. */
#define _GNU_SOURCE
#include "leak.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void eventfds(const char *dir, size_t at)
{
    (void)dir, (void)at;
    need("eventfd", eventfd(0, EFD_CLOEXEC));
}

static void epolls(const char *dir, size_t at)
{
    (void)dir, (void)at;
    need("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
}

static void timerfds(const char *dir, size_t at)
{
    (void)dir, (void)at;
    need("timerfd_create", timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
}

/* Writes to `fd`, which does not block, until it takes no more. */
static void fill(int fd)
{
    static char block[65536];
    while (write(fd, block, sizeof block) > 0)
        ;
    if (errno != EAGAIN)
        die("write");
}

static void full_pipes(const char *dir, size_t at)
{
    int ends[2];
    (void)dir, (void)at;
    need("pipe2", pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    fill(ends[1]);
}

static void unix_pairs(const char *dir, size_t at)
{
    int ends[2];
    (void)dir, (void)at;
    need("socketpair", socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
}

static void full_unix_pairs(const char *dir, size_t at)
{
    int ends[2];
    (void)dir, (void)at;
    int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    need("socketpair", socketpair(AF_UNIX, type, 0, ends));
    fill(ends[1]);
}

/* Both ends of a connection over loopback: the one that connected, and the one that was accepted. */
static void connected(int *client, int *server)
{
    static int listener = -1;
    static struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (listener < 0) {
        listener = (int)need("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        need("bind", bind(listener, (struct sockaddr *)&address, sizeof address));
        need("listen", listen(listener, 128));
        need("getsockname", getsockname(listener, (struct sockaddr *)&address, &length));
    }
    *client = (int)need("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    need("connect", connect(*client, (struct sockaddr *)&address, sizeof address));
    *server = (int)need("accept", accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

/* The client closes, the server does not. */
static void close_wait(const char *dir, size_t at)
{
    int client, server;
    (void)dir, (void)at;
    connected(&client, &server);
    close(client);
}

/* Both close: what stays is in TIME_WAIT, and goes by itself. */
static void time_wait(const char *dir, size_t at)
{
    int client, server;
    (void)dir, (void)at;
    connected(&client, &server);
    close(client);
    close(server);
}

static void unread_tcp(const char *dir, size_t at)
{
    int client, server;
    (void)dir, (void)at;
    connected(&client, &server);
    need("fcntl", fcntl(client, F_SETFL, O_NONBLOCK));
    fill(client);
}

/* A ring of one MiB for packets, on a socket that hears none. */
static void packet_rings(const char *dir, size_t at)
{
    struct tpacket_req ring = {
        .tp_block_size = 1 << 18, .tp_block_nr = 4, .tp_frame_size = 2048, .tp_frame_nr = 512,
    };
    (void)dir, (void)at;
    int fd = (int)need("socket AF_PACKET", socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    need("PACKET_RX_RING", setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring));
}

const struct mode socket_modes[] = {
    {"eventfds", eventfds, "an eventfd"},
    {"epolls", epolls, "an epoll"},
    {"timerfds", timerfds, "a timerfd"},
    {"full-pipes", full_pipes, "a pipe with 64 KiB nobody reads"},
    {"unix-pairs", unix_pairs, "a pair of Unix sockets"},
    {"full-unix-pairs", full_unix_pairs, "the same, with data nobody reads"},
    {"close-wait", close_wait, "a connection in CLOSE_WAIT"},
    {"time-wait", time_wait, "a connection in TIME_WAIT"},
    {"unread-tcp", unread_tcp, "a connection with data nobody reads"},
    {"packet-rings", packet_rings, "a ring of one MiB for packets"},
    {NULL, NULL, NULL},
};
