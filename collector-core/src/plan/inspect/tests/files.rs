//! Which files are opened at all: their kind, their owner, their mode, their mount.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use expect_test::expect;

use super::made::{good, scratch};
use super::said_of_path;
use crate::plan::inspect::access;
use crate::plan::shown::Shown;

#[test]
fn a_mount_without_execution_is_told() {
    // procfs is mounted noexec nearly everywhere.
    let file = fs::File::open("/proc/version").expect("open");
    let mounts = fs::read_to_string("/proc/self/mounts").expect("read");
    let line = mounts.lines().find(|line| line.contains(" /proc proc ")).unwrap_or("");
    assert_eq!(access::check_mount(&file).is_err(), line.contains("noexec"), "{line}");
}

#[test]
fn what_is_no_regular_file_is_not_opened() {
    let dir = scratch();
    let at = |name: &str| dir.path().join(name);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        at("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("make a pipe");
    symlink("loop", at("loop")).expect("link");
    symlink("nowhere", at("dangling")).expect("link");
    fs::write(at("libtiny.so.1"), good()).expect("write the library");
    symlink("libtiny.so.1", at("libtiny.so")).expect("link");
    let outside = scratch();
    fs::write(outside.path().join("libtiny.so"), good()).expect("write the library");
    symlink(outside.path().join("libtiny.so"), at("to-outside")).expect("link");
    let _listener = std::os::unix::net::UnixListener::bind(at("socket")).expect("bind");
    let paths = [
        PathBuf::new(),
        at(""),
        at("pipe"),
        at("socket"),
        PathBuf::from("/dev/null"),
        at("loop"),
        at("dangling"),
        at("missing"),
        at("libtiny.so.1/below"),
        at("libtiny.so"),
        at("to-outside"),
        at(&"n".repeat(300)),
        dir.path().join(OsStr::from_bytes(b"\xff\n\x1b.so")),
        at(&"x/".repeat(5000)),
        PathBuf::from("nul\0byte"),
    ];
    let said: Vec<String> = paths
        .iter()
        .map(|path| {
            let shown = Shown(path.strip_prefix(dir.path()).unwrap_or(path)).to_string();
            format!("{shown}: {}", said_of_path(dir.path(), path))
        })
        .collect();
    expect![[r#"
        : the path of the plugin is empty; write its name, or the path of its library
        : a directory, not a regular file; name the plugin's library
        pipe: a named pipe, not a regular file; name the plugin's library
        socket: a socket, not a regular file; name the plugin's library
        /dev/null: a device, not a regular file; name the plugin's library
        loop: its symbolic links lead in a circle; correct them, or name the library itself
        dangling: is a symbolic link to nowhere, which is not there; correct the link, or name the library itself
        missing: there is no such file; correct the path, or copy the plugin there
        libtiny.so.1/below: cannot be opened: Not a directory (os error 20); correct the path, or copy the plugin to another place
        libtiny.so: fine: tiny 1.0.0
        to-outside: fine: tiny 1.0.0
        nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…(150 characters)…nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: cannot be opened: File name too long (os error 36); correct the path, or copy the plugin to another place
        \xff \u{1b}.so: there is no such file; correct the path, or copy the plugin there
        x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/…(9849 characters)…/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x: there is no such file; correct the path, or copy the plugin there
        nul\u{0}byte: cannot be opened: file name contained an unexpected NUL byte; correct the path, or copy the plugin to another place"#]].assert_eq(&said.join("\n"));
}

#[test]
fn what_others_could_replace_is_not_loaded() {
    let dir = scratch();
    let below = dir.path().join("below");
    fs::create_dir(&below).expect("make a directory");
    let path = below.join("libtiny.so");
    fs::write(&path, good()).expect("write the library");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set the mode");
    };
    let mut said = Vec::new();
    mode(&path, 0o666);
    said.push(said_of_path(dir.path(), &path));
    mode(&path, 0o644);
    mode(&below, 0o777);
    said.push(said_of_path(dir.path(), &path));
    mode(&below, 0o1777);
    said.push(said_of_path(dir.path(), &path));
    mode(&below, 0o755);
    expect![[r#"
        [DIR]/below/libtiny.so is writable by everybody (mode 0666), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
        [DIR]/below is writable by everybody (mode 0777), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
        fine: tiny 1.0.0"#]].assert_eq(&said.join("\n"));

    if !rustix::process::geteuid().is_root() {
        return; // only root can give files away
    }
    let mut said = Vec::new();
    std::os::unix::fs::chown(&path, Some(12345), None).expect("give away");
    said.push(said_of_path(dir.path(), &path));
    std::os::unix::fs::chown(&path, Some(0), Some(12345)).expect("take back");
    mode(&path, 0o664);
    said.push(said_of_path(dir.path(), &path));
    std::os::unix::fs::chown(&path, Some(0), Some(0)).expect("take back");
    said.push(said_of_path(dir.path(), &path));
    expect![[r#"
        [DIR]/below/libtiny.so is owned by uid 12345, who is not root, the caller (uid 0) or the owner of this program, and could replace it; `chown` it, or copy the plugin to a directory of root
        [DIR]/below/libtiny.so is writable by group 12345 (mode 0664), who could replace it; run `chmod g-w` on it, or copy the plugin to a directory of root
        fine: tiny 1.0.0"#]].assert_eq(&said.join("\n"));
}

/// The link may lie anywhere; who could replace the library behind it is what counts.
#[test]
fn a_link_is_judged_by_the_place_it_leads_to() {
    let (dir, outside) = (scratch(), scratch());
    let library = outside.path().join("libtiny.so");
    fs::write(&library, good()).expect("write the library");
    let link = dir.path().join("libtiny.so");
    symlink(&library, &link).expect("link");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set the mode");
    };
    mode(dir.path(), 0o777);
    assert_eq!(said_of_path(outside.path(), &link), "fine: tiny 1.0.0");
    mode(outside.path(), 0o777);
    expect!["[DIR] is writable by everybody (mode 0777), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root"].assert_eq(&said_of_path(outside.path(), &link));
}

/// A copy in progress: the file grows while it is read.
#[test]
fn a_file_that_is_being_written_is_told_and_never_misjudged() {
    let dir = scratch();
    let path = dir.path().join("libtiny.so");
    fs::write(&path, good()).expect("write the library");
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut file = fs::File::options().append(true).open(&path).expect("open");
            // More than a plugin may have is no longer what this test is about.
            for _ in 0..1 << 20 {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                file.write_all(b"more").expect("write");
            }
        });
        let said = (0..10_000).map(|_| said_of_path(dir.path(), &path));
        let told = said.into_iter().find(|said| said != "fine: tiny 1.0.0");
        is_over.store(true, Ordering::Relaxed);
        let expected =
            "it changed while it was looked at; wait until the copy is complete and try again";
        assert_eq!(told.as_deref(), Some(expected));
    });
}
