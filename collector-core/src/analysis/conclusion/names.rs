//! What people call the classes of objects and the suspicions. The JSON keeps the classes as they
//! are; names are for the sentence and the text.

use std::borrow::Cow;

use crate::analysis::finding::Id;

/// A class by a name that is a plural. The kernel's links, such as `pipe:`, have one; names of
/// files and what else is a name already stay as they are.
#[must_use]
pub fn class_name(class: &str) -> Cow<'_, str> {
    let name = match class {
        "pipe:" => "pipes",
        "socket:" => "sockets of other kinds",
        "net:" => "network namespaces",
        "mnt:" => "mount namespaces",
        "pid:" => "PID namespaces",
        "user:" => "user namespaces",
        "ipc:" => "IPC namespaces",
        "uts:" => "UTS namespaces",
        "cgroup:" => "control group namespaces",
        "time:" => "time namespaces",
        "anon_inode:eventpoll" => "epoll descriptors",
        "anon_inode:bpf-map" => "BPF maps",
        "anon_inode:bpf-prog" => "BPF programs",
        "TCP CLOSE_WAIT" => "TCP connections in CLOSE_WAIT",
        _ => {
            return match class.strip_prefix("anon_inode:") {
                Some(kind) => Cow::Owned(format!("{kind} descriptors")),
                None => Cow::Borrowed(class),
            };
        }
    };
    Cow::Borrowed(name)
}

/// What a suspicion is of, where no class says it.
#[must_use]
pub fn noun(id: Id) -> &'static str {
    match id {
        Id::GoHeap => "memory of the Go heap",
        Id::Goroutines => "goroutines",
        Id::NativeMemory => "memory",
        Id::OpenFiles => "open files",
        Id::PinnedSlab => "slabs that are nearly empty",
        Id::DeletedFileSpace => "deleted files",
        Id::SharedMemory => "shared memory",
        Id::Descriptors => "descriptors",
        Id::PipeBuffers => "pipes",
        Id::UnixSockets => "unix sockets",
        Id::CloseWait => "TCP connections in CLOSE_WAIT",
        Id::SocketBuffers => "data in sockets",
        Id::InotifyWatches => "watches",
        Id::Threads => "threads",
        Id::Zombies => "dead children",
        Id::Mappings => "mappings",
        Id::PageTables => "page tables",
        Id::BpfMaps => "BPF maps",
        Id::Cgroups => "control groups",
        Id::Namespaces => "namespaces",
        Id::Timers => "timers",
        Id::FileLocks => "file locks",
        Id::KernelSlab => "slab of the kernel",
        Id::UnaccountedKernel => "memory that no counter names",
        Id::PageCache => "pages of files",
        Id::Metric => "a metric",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_the_kernel_have_names_and_names_stay() {
        for (class, expected) in [
            ("pipe:", "pipes"),
            ("net:", "network namespaces"),
            ("anon_inode:timerfd", "timerfd descriptors"),
            ("anon_inode:eventpoll", "epoll descriptors"),
            ("`LOCK (deleted)`", "`LOCK (deleted)`"),
            ("unix sockets", "unix sockets"),
        ] {
            assert_eq!(class_name(class), expected);
        }
    }
}
