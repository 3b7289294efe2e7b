//! Descriptors that are neither files nor pipes: eventfd, epoll, timerfd, signalfd, devices, and
//! sockets of kinds that have no suspicion of their own.

use super::costs::{
    ANONYMOUS_DESCRIPTOR, EPOLL_OR_TIMERFD, EVENTFD, OPENING, OTHER_SOCKET, TCP_SOCKET, UDP_SOCKET,
};
use super::counted::{Counted, class, pid};
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::Key;

const DESCRIPTORS: Counted = Counted {
    id: Id::Descriptors,
    what: "descriptors of one other class",
    least: 32.0,
    belongs: |key| match key {
        Key::Descriptors(_, class) => is_other(class),
        Key::Connections(_, kind) => {
            kind.starts_with("TCP ") && &**kind != "TCP CLOSE_WAIT" || &**kind == "UDP"
        }
        _ => false,
    },
    cost,
    next: |subject| {
        vec![format!(
            "find where {} is made and not closed: strace -f -k -e trace=desc,network -p {}",
            class(subject),
            pid(subject)
        )]
    },
};

fn cost(case: &Case<'_>, key: &Key, n: f64) -> Vec<(Account, f64)> {
    let cost = match key {
        Key::Connections(_, kind) if kind.starts_with("TCP ") => TCP_SOCKET,
        Key::Connections(..) => UDP_SOCKET,
        Key::Descriptors(_, class) if &**class == "socket:" => OTHER_SOCKET,
        // Its inode and name are there for all who open it.
        Key::Descriptors(_, class) if is_device(class) => OPENING,
        Key::Descriptors(_, class) if &**class == "anon_inode:eventfd" => EVENTFD,
        Key::Descriptors(_, class)
            if ["anon_inode:eventpoll", "anon_inode:timerfd"].contains(&&**class) =>
        {
            EPOLL_OR_TIMERFD
        }
        _ => ANONYMOUS_DESCRIPTOR,
    };
    cost.of(case, n)
}

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    DESCRIPTORS.examine(case)
}

fn is_other(class: &str) -> bool {
    let others = ["pipe:", "net:", "mnt:", "pid:", "user:", "ipc:", "uts:", "cgroup:"];
    let is_bpf = class.starts_with("anon_inode:bpf");
    let is_other = !class.starts_with('`') && class != "other files";
    (is_other || is_device(class)) && !is_bpf && !others.contains(&class)
}

fn is_device(class: &str) -> bool {
    class.starts_with("`/dev/") && !class.starts_with("`/dev/shm/")
}
