//! Finds the library of a plugin that a manifest names.
//!
//! The current directory is never searched, nor anything the environment names: what is loaded
//! must not depend on where somebody stands.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::shown::Shown;
use crate::manifest::nearest;

/// Searched after the manifest's own directories and the program's.
const STANDARD: [&str; 2] = ["/usr/local/lib/collector/plugins", "/usr/lib/collector/plugins"];
/// Most entries of a directory that are looked at.
const MAX_ENTRIES: usize = 4096;

/// The directories plugins are looked for in, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    directories: Vec<PathBuf>,
    /// The directory of this program, which holds other files too.
    program_directory: Option<PathBuf>,
}

/// A plugin that was not found.
#[derive(Debug, thiserror::Error)]
#[error("no {file} in {}{guess}; `collector plugin list` shows the plugins there are; {advice}, or write the path of its library", searched.join(", "))]
pub struct NotFound {
    /// The name of the file that was looked for.
    pub file: String,
    /// Where it was looked for, with the reason where a directory could not be searched.
    pub searched: Vec<String>,
    /// A near name, with what leads up to it, or nothing.
    guess: String,
    /// What to do with its directory.
    advice: &'static str,
}

impl NotFound {
    /// The same, said to somebody who named the plugin to a command and has no manifest.
    #[must_use]
    pub fn for_command(self) -> Self {
        NotFound { advice: "give its directory with --directory", ..self }
    }
}

impl Places {
    /// `first`, the directory of this program, the plugins installed beside it, and the standard
    /// places.
    #[must_use]
    pub fn standard(first: &[PathBuf]) -> Self {
        let program = std::env::current_exe().ok();
        Self::new(first, program.as_deref().and_then(Path::parent))
    }

    /// As [`Places::standard`], for a program in `program_directory`.
    #[must_use]
    pub fn new(first: &[PathBuf], program_directory: Option<&Path>) -> Self {
        let beside = program_directory.and_then(Path::parent);
        let mut directories = first.to_vec();
        directories.extend(program_directory.map(Path::to_owned));
        directories.extend(beside.map(|prefix| prefix.join("lib/collector/plugins")));
        directories.extend(STANDARD.map(PathBuf::from));
        let mut places = Places {
            directories: Vec::new(),
            program_directory: program_directory.map(Path::to_owned),
        };
        for directory in directories {
            if !places.directories.contains(&directory) {
                places.directories.push(directory);
            }
        }
        places
    }

    /// The directories, in the order they are searched.
    #[must_use]
    pub fn directories(&self) -> &[PathBuf] {
        &self.directories
    }

    /// Whether `library` lies in the directory of this program, where other libraries may be too.
    #[must_use]
    pub fn is_beside_program(&self, library: &Path) -> bool {
        library.parent().is_some_and(|it| Some(it) == self.program_directory.as_deref())
    }

    /// The library of the plugin `asked`: with a `/` its path, which is taken as it is; without,
    /// its name, of which the first directory that has the file decides.
    ///
    /// # Errors
    ///
    /// No directory has it.
    pub fn locate(&self, asked: &str) -> Result<PathBuf, NotFound> {
        if asked.contains('/') {
            return Ok(PathBuf::from(asked));
        }
        let file = file_name(asked);
        let mut searched = Vec::new();
        for directory in &self.directories {
            let candidate = directory.join(&file);
            match fs::symlink_metadata(&candidate) {
                Ok(_) => return Ok(candidate),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    searched.push(Shown(directory).to_string());
                }
                Err(error) => searched.push(format!("{} ({error})", Shown(directory))),
            }
        }
        let names: Vec<String> =
            self.libraries().iter().filter_map(|library| plugin_name(library)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let guess =
            nearest(asked, &names).map_or(String::new(), |it| format!("; did you mean `{it}`?"));
        let advice = "add its directory to `plugin_directories`";
        Err(NotFound { file, searched, guess, advice })
    }

    /// Every file named as a plugin's library would be, by directory and name. A directory that
    /// is missing or cannot be read has none.
    #[must_use]
    pub fn libraries(&self) -> Vec<PathBuf> {
        let mut libraries = Vec::new();
        for directory in &self.directories {
            let Ok(entries) = fs::read_dir(directory) else { continue };
            let paths = entries.take(MAX_ENTRIES).filter_map(|entry| Some(entry.ok()?.path()));
            let mut found: Vec<PathBuf> =
                paths.filter(|path| plugin_name(path).is_some()).collect();
            found.sort();
            libraries.extend(found);
        }
        libraries
    }
}

/// The name of the library of the plugin `name`: `fd-scan` is `libfd_scan.so`.
fn file_name(name: &str) -> String {
    format!("lib{}.so", name.replace('-', "_"))
}

/// The name of the plugin whose library has this path; `None` for a path of another form.
fn plugin_name(library: &Path) -> Option<String> {
    let name = library.file_name()?.to_str()?.strip_prefix("lib")?.strip_suffix(".so")?;
    Some(name.replace('_', "-"))
}

#[cfg(test)]
mod tests;
