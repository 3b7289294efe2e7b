//! A directory with one bundle in it, the program's five commands on that bundle, and a look at what
//! is beside it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::made::SAMPLE;
use crate::support::collector;

/// A directory with a bundle `b.tar.zst`, and things beside it that must stay as they are.
pub(super) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let outside = dir.path().join("outside");
        fs::create_dir(&outside).expect("a directory");
        fs::write(outside.join("precious"), "as it was").expect("written");
        Place { dir }
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn bundle(&self) -> PathBuf {
        self.path().join("b.tar.zst")
    }

    /// Exit code and message of a command on the bundle.
    pub(super) fn said(&self, command: &[&str]) -> (i32, String) {
        let said = collector(self.path(), &[&["bundle"], command].concat());
        let lines: Vec<&str> = said.stderr.lines().collect();
        let text = lines.join(" / ").replace(&self.path().display().to_string(), "DIR");
        assert!(!text.contains("panicked"), "{said}");
        assert!(!text.contains(|it: char| it.is_control()), "{said}");
        // How small a bundle becomes is zstd's affair.
        let text = match text.split_once("recovered ") {
            Some((before, after)) => {
                format!("{before}recovered {}", after.split(',').next().unwrap_or_default())
            }
            None => text,
        };
        (said.exit, shortened(&text))
    }

    /// All five commands; those with the same exit code and message share a row.
    pub(super) fn rows(&self, name: &str) -> String {
        let last = format!("{SAMPLE}/sample.json");
        let commands: [&[&str]; 5] = [
            &["list", "b.tar.zst"],
            &["cat", "b.tar.zst", &last],
            &["extract", "b.tar.zst", "-C", "out"],
            &["verify", "b.tar.zst"],
            &["recover", "b.tar.zst", "-C", "out"],
        ];
        let mut rows: Vec<(Vec<&str>, (i32, String))> = Vec::new();
        for command in commands {
            let said = self.said(command);
            match rows.iter_mut().find(|(_, it)| *it == said) {
                Some((commands, _)) => commands.push(command[0]),
                None => rows.push((vec![command[0]], said)),
            }
        }
        self.check_rest(name);
        let row = |(commands, (exit, text)): &(Vec<&str>, (i32, String))| {
            format!("{name} | {} | {exit} | {text}\n", commands.join(", "))
        };
        rows.iter().map(row).collect()
    }

    /// Nothing is beside `out` that was not there, and in it are only files and directories of
    /// their owner.
    pub(super) fn check_rest(&self, name: &str) {
        let outside = self.path().join("outside");
        assert_eq!(names_in(&outside), ["precious"], "{name}");
        let precious = fs::read(outside.join("precious")).expect("there");
        assert_eq!(precious, b"as it was", "{name}");
        let allowed = ["b.tar.zst", "out", "outside"];
        assert!(names_in(self.path()).iter().all(|it| allowed.contains(&it.as_str())), "{name}");
        let mut open = vec![self.path().join("out")];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(&directory).into_iter().flatten() {
                let entry = entry.expect("an entry");
                let kind = entry.file_type().expect("a kind");
                assert!(kind.is_file() || kind.is_dir(), "{name}: {entry:?} is {kind:?}");
                let mode = entry.metadata().expect("there").permissions().mode();
                assert_eq!(mode & 0o7077, 0, "{name}: mode of {entry:?}");
                if kind.is_dir() {
                    open.push(entry.path());
                }
            }
        }
    }
}

/// `text` with an ellipsis in place of the `n` that make a name long.
fn shortened(text: &str) -> String {
    let parts: Vec<&str> = text.split("nnnnnnnnnn").collect();
    let parts = parts.into_iter().map(|it| if it.trim_matches('n').is_empty() { "" } else { it });
    let mut text = parts.collect::<Vec<_>>().join("n…");
    while text.contains("n…n…") {
        text = text.replace("n…n…", "n…");
    }
    text
}

pub(super) fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let mut names: Vec<String> = entries
        .map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
