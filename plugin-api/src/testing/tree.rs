//! A directory tree written down in a test, such as a `/proc` of three processes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A directory tree in a temporary place, removed when dropped.
#[derive(Debug)]
pub struct Tree {
    root: tempfile::TempDir,
}

impl Tree {
    /// Makes the tree of `text`, one line each:
    ///
    /// - `PATH: CONTENT` is a file with the content and a line feed; `\n` and `\t` in the content
    ///   stand for those characters,
    /// - `PATH -> TARGET` is a symbolic link, dangling or not, as in `/proc/PID/fd`,
    /// - `PATH/` is a directory.
    ///
    /// # Panics
    ///
    /// If a line is none of these, or the tree cannot be made.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            plant(root.path(), line.trim_start());
        }
        Tree { root }
    }

    /// The root.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.root.path()
    }
}

fn plant(root: &Path, line: &str) {
    if let Some((path, target)) = line.split_once(" -> ") {
        symlink(target, below(root, path)).expect(line);
    } else if let Some((path, content)) = line.split_once(": ") {
        let content = content.replace("\\n", "\n").replace("\\t", "\t");
        fs::write(below(root, path), content + "\n").expect(line);
    } else if let Some(path) = line.strip_suffix('/') {
        fs::create_dir_all(root.join(path)).expect(line);
    } else {
        panic!("not a line of a tree: {line:?}");
    }
}

fn below(root: &Path, path: &str) -> PathBuf {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("below the root")).expect("a directory");
    path
}
