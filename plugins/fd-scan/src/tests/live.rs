//! Over the real `/proc`, with this process as the one that is scanned.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::net::TcpListener;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::{FileExt, MetadataExt};

use plugin_api::testing::{Recorded, collect};

use crate::FdScan;

fn scan_this_process() -> Recorded {
    collect::<FdScan>(&format!("{{\"processes\": [{}]}}", std::process::id()))
}

/// The columns of one descriptor of this process.
fn columns(said: &Recorded, fd: RawFd) -> Vec<String> {
    let content = &said.artifact("fds.tsv").expect("the list").content;
    let text = String::from_utf8_lossy(content);
    let wanted = fd.to_string();
    text.lines()
        .map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>())
        .find(|columns| columns[3] == wanted)
        .unwrap_or_else(|| panic!("no line of {fd} in {text}"))
}

#[test]
fn a_deleted_file_has_its_size_blocks_and_inode() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("held");
    let mut file = File::create(&path).expect("a file");
    file.write_all(&[1; 8192]).expect("write");
    file.sync_all().expect("blocks are given when the file is synced");
    fs::remove_file(&path).expect("remove");
    let metadata = file.metadata().expect("metadata");

    let said = scan_this_process();
    let columns = columns(&said, file.as_raw_fd());
    assert_eq!(columns[0], std::process::id().to_string());
    assert!(columns[4].ends_with("/held (deleted)"), "{columns:?}");
    assert_eq!(columns[5..7], ["8192".to_owned(), metadata.blocks().to_string()]);
    assert_eq!(columns[8..10], [metadata.ino().to_string(), "0".to_owned()]);
}

#[test]
fn a_memory_file_has_its_size() {
    let fd = rustix::fs::memfd_create("ballast", rustix::fs::MemfdFlags::CLOEXEC).expect("a memfd");
    let file = File::from(fd);
    file.write_all_at(&[1; 100_000], 0).expect("write");
    let columns = columns(&scan_this_process(), file.as_raw_fd());
    assert_eq!(columns[4..6], ["/memfd:ballast (deleted)", "100000"]);
}

#[test]
fn a_socket_is_found_in_the_table_by_its_inode() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let said = scan_this_process();
    let link = &columns(&said, listener.as_raw_fd())[4];
    let inode = link.strip_prefix("socket:[").and_then(|it| it.strip_suffix(']')).expect(link);
    let table = String::from_utf8_lossy(&said.artifact("net-tcp").expect("the table").content);
    let port = format!(":{:04X}", listener.local_addr().expect("an address").port());
    let line = table.lines().find(|line| line.contains(&port)).expect("the port");
    assert!(line.split_whitespace().any(|field| field == inode), "{inode} is not in {line}");
}

#[test]
fn the_start_time_is_that_of_proc() {
    let stat = fs::read_to_string("/proc/self/stat").expect("stat");
    let (_, after) = stat.rsplit_once(") ").expect("a command");
    let start = after.split(' ').nth(19).expect("field 22");
    let file = File::open("/dev/null").expect("a device");
    let columns = columns(&scan_this_process(), file.as_raw_fd());
    assert_eq!((&*columns[1], &*columns[4], &*columns[5]), (start, "/dev/null", ""));
}

/// The kernel lists some 1,300 descriptors at a time.
#[test]
fn a_process_with_many_descriptors_is_listed_whole_and_in_order() {
    let resource = rustix::process::Resource::Nofile;
    let mut limit = rustix::process::getrlimit(resource);
    limit.current = limit.maximum;
    rustix::process::setrlimit(resource, limit).expect("the soft limit may reach the hard one");
    let files: Vec<_> = (0..3000).map(|_| File::open("/dev/zero").expect("a device")).collect();
    let said = scan_this_process();
    let list = String::from_utf8_lossy(&said.artifact("fds.tsv").expect("the list").content);
    let listed: Vec<RawFd> = list
        .lines()
        .skip(1)
        .map(|line| line.split('\t').nth(3).expect("a column").parse().expect("a number"))
        .collect();
    assert!(listed.is_sorted());
    let missing = files.iter().find(|file| listed.binary_search(&file.as_raw_fd()).is_err());
    assert!(missing.is_none(), "{missing:?}");
}

/// What the standard library is denied of the first process, which is root's, is told; what it is
/// not denied is not.
#[test]
fn what_is_denied_is_told_with_advice() {
    let denied = fs::read_dir("/proc/1/fd")
        .and_then(|mut entries| {
            entries.next().map_or(Ok(()), |it| fs::read_link(it?.path()).map(drop))
        })
        .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
    let said = collect::<FdScan>("{\"processes\": [1]}");
    let told: String = said.problems.iter().map(|(_, message)| &**message).collect();
    assert_eq!(told.contains("the descriptors of 1 processes are denied (1 "), denied, "{told}");
    // As under the mount option `hidepid`.
    let hidden = fs::metadata("/proc/1").is_err();
    assert_eq!(told.contains("CAP_SYS_PTRACE"), denied || hidden, "{told}");
}
