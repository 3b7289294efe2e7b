//! Which files are opened at all: their kind, their owner, their mode, their mount.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

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
        loop: cannot be opened: Too many levels of symbolic links (os error 40)
        dangling: there is no such file; correct the path, or copy the plugin there
        missing: there is no such file; correct the path, or copy the plugin there
        libtiny.so.1/below: cannot be opened: Not a directory (os error 20)
        libtiny.so: fine: tiny 1.0.0
        \xff \u{1b}.so: there is no such file; correct the path, or copy the plugin there
        x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/…(9849 characters)…/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x: there is no such file; correct the path, or copy the plugin there
        nul\u{0}byte: cannot be opened: file name contained an unexpected NUL byte"#]].assert_eq(&said.join("\n"));
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
