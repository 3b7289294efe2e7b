//! Which files a program changes, read from what `strace` says of its system calls.
//!
//! Only what succeeded counts. A path is taken from the annotation of a descriptor (`3</path>`)
//! where there is one, so links are followed and relative paths are whole.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Missing, under_strace};

/// The calls that open, make, change or remove a file by name or descriptor, but for writing to
/// one that is open. `?`: not every machine has it.
const CALLS: &str = "?open,openat,?openat2,?creat,?mkdir,mkdirat,?rmdir,?unlink,unlinkat,?rename,\
    ?renameat,?renameat2,?link,linkat,?symlink,symlinkat,?mknod,mknodat,truncate,ftruncate,?chmod,\
    fchmod,fchmodat,?fchmodat2,?chown,fchown,?lchown,fchownat,?utime,?utimes,?futimesat,utimensat,\
    setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr,fallocate,bind,mount,\
    umount2,chdir,fchdir,chroot,pivot_root";

/// One change that a process made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    /// The system call.
    pub(super) call: String,
    /// The file.
    pub(super) path: String,
    /// The thread that did it.
    pub(super) thread: u32,
}

/// `command` under `strace`, which leaves a file for each thread in `into`.
///
/// # Errors
///
/// [`Missing`] on a machine without `strace`.
pub(super) fn traced(command: &Command, into: &Path) -> Result<Command, Missing> {
    let calls = format!("trace={CALLS}");
    let files = into.join("thread");
    let files = files.to_str().expect("a path of text");
    let options = ["-ff", "-y", "-s", "4096", "-e", "signal=none", "-e", &calls, "-o", files];
    let mut strace = under_strace(&options, command)?;
    fs::create_dir(into).expect("a new directory");
    strace.env_clear();
    strace.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ok(strace)
}

/// The changes in the files that [`traced`] has left; relative paths were below `cwd`.
pub(super) fn changes(traces: &Path, cwd: &Path) -> Vec<Change> {
    let mut found = Vec::new();
    for entry in fs::read_dir(traces).expect("a directory").flatten() {
        let name = entry.file_name().into_string().expect("a text");
        let thread = name.strip_prefix("thread.").and_then(|it| it.parse().ok()).expect("a number");
        let bytes = fs::read(entry.path()).expect("read a trace");
        for line in String::from_utf8_lossy(&bytes).lines() {
            let of_line = changed(line, cwd);
            found.extend(of_line.into_iter().map(|(call, path)| Change { call, path, thread }));
        }
    }
    found.sort();
    found
}

/// The call and the files of a line such as `mkdir("out", 0700) = 0`; none where it failed, only
/// read, or is no call. What has no result, because the process ended, counts as done.
fn changed(line: &str, cwd: &Path) -> Vec<(String, String)> {
    let Some((call, rest)) = line.split_once('(') else { return Vec::new() };
    if line.starts_with(['+', '-']) {
        return Vec::new();
    }
    let (arguments, result) = rest.split_at(result_of(rest));
    if result.starts_with(" = -") {
        return Vec::new();
    }
    let arguments = match call {
        "open" | "openat" | "openat2" | "creat" => {
            let writing = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_TMPFILE"];
            if call != "creat" && !writing.iter().any(|it| arguments.contains(it)) {
                return Vec::new();
            }
            result
        }
        // The first is what the link says, and no file.
        "symlink" | "symlinkat" => arguments.split_once(", ").map_or(arguments, |(_, rest)| rest),
        // Only a socket with a name in the file system makes a file.
        "bind" if !arguments.contains("sun_path=\"") => return Vec::new(),
        _ => arguments,
    };
    paths(arguments, cwd).into_iter().map(|path| (call.to_owned(), path)).collect()
}

/// The files among arguments: texts, each below the directory that stands before it, and the files
/// of descriptors that no text follows.
fn paths(arguments: &str, cwd: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut base: Option<&str> = None;
    let mut rest = arguments;
    while let Some(start) = rest.find(['"', '<']) {
        let (is_text, inner) = (rest[start..].starts_with('"'), &rest[start + 1..]);
        let end = end_of(inner, if is_text { '"' } else { '>' });
        let inner_text = &inner[..end];
        rest = inner.get(end + 1..).unwrap_or_default();
        if is_text {
            let base = base.take().filter(|it| it.starts_with('/')).map_or(cwd, Path::new);
            found.push(base.join(inner_text).display().to_string());
        } else {
            found.extend(
                base.replace(inner_text).filter(|it| it.starts_with('/')).map(str::to_owned),
            );
        }
    }
    found.extend(base.filter(|it| it.starts_with('/')).map(str::to_owned));
    found
}

/// Where the result is in a line from its first bracket on: at an ` = ` that no name contains.
fn result_of(rest: &str) -> usize {
    let mut at = 0;
    while let Some(found) = rest[at..].find(['"', '<']).map(|it| at + it) {
        if let Some(result) = rest[at..found].find(" = ") {
            return at + result;
        }
        let end = if rest[found..].starts_with('"') { '"' } else { '>' };
        at = (found + 1 + end_of(&rest[found + 1..], end) + 1).min(rest.len());
    }
    rest[at..].find(" = ").map_or(rest.len(), |it| at + it)
}

/// Where the first `end` of `text` is that no backslash escapes.
fn end_of(text: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, it) in text.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if it == end => return at,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn lines_of_strace_are_understood() {
    let text = "\
openat(AT_FDCWD</home/x>, \"a.yaml\", O_RDONLY|O_CLOEXEC) = 3</home/x/a.yaml>
openat(5</home/x/out>, \"a \\\" = b\", O_WRONLY|O_CREAT, 0600) = 7</home/x/out/a \\\" = b>
openat(AT_FDCWD</home/x>, \"out\", O_RDWR|O_CLOEXEC|O_TMPFILE, 0666) = 9</home/x/out/#1>(deleted)
openat(AT_FDCWD</home/x>, \"no\", O_WRONLY) = -1 EACCES (Permission denied)
mkdir(\"out\", 0700)                       = 0
mkdir(\"out\", 0700)                       = -1 EEXIST (File exists)
renameat2(5</home/x/out>, \"a\", 5</home/x/out>, \"/b\", RENAME_NOREPLACE) = 0
symlink(\"anything\", \"link\") = 0
linkat(3</etc>, \"passwd\", AT_FDCWD</home/x>, \"stolen\", 0) = 0
fchmod(9</home/x/out/#1>(deleted), 0600) = 0
ftruncate(4<pipe:[77]>, 0) = 0
bind(4<socket:[77]>, {sa_family=AF_INET, sin_port=htons(0)}, 16) = 0
bind(4<socket:[77]>, {sa_family=AF_UNIX, sun_path=\"here.sock\"}, 12) = 0
unlink(\"/tmp/late\" <unfinished ...>) = ?
unlink(\"/tmp/later\" <unfinished ...>
+++ exited with 0 +++
--- SIGCHLD {si_signo=SIGCHLD} ---
";
    let found = text.lines().flat_map(|line| changed(line, Path::new("/home/x")));
    let found: String = found.map(|(call, path)| format!("{call} {path}\n")).collect();
    expect_test::expect![[r#"
        openat /home/x/out/a \" = b
        openat /home/x/out/#1
        mkdir /home/x/out
        renameat2 /home/x/out/a
        renameat2 /b
        symlink /home/x/link
        linkat /etc/passwd
        linkat /home/x/stolen
        fchmod /home/x/out/#1
        bind /home/x/here.sock
        unlink /tmp/late
        unlink /tmp/later
    "#]]
    .assert_eq(&found);
}
