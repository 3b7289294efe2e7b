//! `collector plugin new`: a whole project of a plugin, in a new directory.
//!
//! The projects are files of this repository that are built and tested as they are, with a name to
//! be replaced; they and what they need are part of the program, so nothing is fetched. This says
//! where they go and under which name.

mod files;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{print_line, print_note};
use crate::plan::shown::Shown;

/// What no crate can be called: the words of Rust, and the crates that the template names.
const NOT_IN_RUST: &str = "abstract alloc as async await become box break const continue core crate do dyn else enum \
     extern false final fn for gen if impl in let loop macro match mod move mut override \
     plugin-api priv proc-macro pub ref return schemars self serde static std struct super test \
     trait true try type typeof unsafe unsized use virtual where while yield";

/// What no element of a Go module's path can be: the names of devices on Windows, where it could not
/// be a directory (`golang.org/x/mod/module`, `CheckPath`).
const NOT_IN_GO: &str = "aux com1 com2 com3 com4 com5 com6 com7 com8 com9 con lpt1 lpt2 lpt3 lpt4 lpt5 \
     lpt6 lpt7 lpt8 lpt9 nul prn";

/// The language of a new plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// A Cargo project over the SDK
    Rust,
    /// C99 and a Makefile
    C,
    /// C++11 and a Makefile
    Cpp,
    /// Go with a bridge in C
    Go,
}

impl Language {
    /// The name of the plugin in its template.
    fn placeholder(self) -> &'static str {
        match self {
            Language::Rust | Language::C | Language::Go => "acme-usage",
            Language::Cpp => "acme-status",
        }
    }

    /// What to do in the new directory.
    fn next(self) -> &'static str {
        match self {
            Language::Rust => "cargo build --release && cargo test",
            Language::C | Language::Cpp => "make && make test",
            Language::Go => "go build -buildmode=c-shared -o [LIBRARY] && go test",
        }
    }
}

/// Why there is no new project.
#[derive(Debug, thiserror::Error)]
enum NewError {
    #[error(
        "{0:?} cannot be the name of a plugin: a name has a-z, 0-9 and dashes, starts with a \
         letter, ends with no dash, and is at most 32 long"
    )]
    Name(String),
    #[error("{0:?} cannot be the name of a plugin in Rust: a crate cannot be called so")]
    Crate(String),
    #[error(
        "{0:?} cannot be the name of a plugin in Go: the path of a module cannot end so, because it \
         names a device on Windows; choose another name"
    )]
    Module(String),
    #[error("{} is there already; choose another name, or remove it", Shown(.0))]
    Exists(PathBuf),
    #[error("cannot write {} (a project is made in the current directory)", Shown(path))]
    Write { path: PathBuf, source: io::Error },
}

impl From<NewError> for Failure {
    fn from(error: NewError) -> Self {
        let exit = match error {
            NewError::Write { .. } => Exit::Internal,
            NewError::Name(_) | NewError::Crate(_) | NewError::Module(_) | NewError::Exists(_) => {
                Exit::Usage
            }
        };
        Failure::new(exit, error)
    }
}

/// Writes the project into the directory `name` and prints its path.
pub(super) fn run(name: &str, language: Language) -> Result<Exit, Failure> {
    check(name, language)?;
    let place = Path::new(name);
    write(place, name, language)?;
    print_line(name)?;
    print_note(&format!("next: cd {name} && {}", named(language.next(), name, language)));
    print_note(&format!("{name}/README.md says what each file is, and how to run the plugin"));
    Ok(Exit::Complete)
}

/// Checks that `name` is one for a manifest, and for the files and symbols of the language.
fn check(name: &str, language: Language) -> Result<(), NewError> {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let is_name = name.starts_with(|it: char| it.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.len() <= 32
        && name.chars().all(fits);
    if !is_name {
        return Err(NewError::Name(name.to_owned()));
    }
    let is_one_of = |names: &str| names.split(' ').any(|it| it == name);
    match language {
        Language::Rust if is_one_of(NOT_IN_RUST) => Err(NewError::Crate(name.to_owned())),
        Language::Go if is_one_of(NOT_IN_GO) => Err(NewError::Module(name.to_owned())),
        Language::Rust | Language::C | Language::Cpp | Language::Go => Ok(()),
    }
}

/// Makes the directory `place` with all files; when one cannot be written, none is left.
fn write(place: &Path, name: &str, language: Language) -> Result<(), NewError> {
    let failed = |path: &Path, source| NewError::Write { path: path.to_owned(), source };
    fs::create_dir(place).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => NewError::Exists(place.to_owned()),
        _ => failed(place, error),
    })?;
    for (path, text) in files::of(language) {
        let path = place.join(path);
        let parent = path.parent().unwrap_or(place);
        let written = fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, named(text, name, language)))
            .map_err(|error| failed(&path, error));
        if written.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_dir_all(place);
        }
        written?;
    }
    Ok(())
}

/// A text of a template with the plugin's name in it.
fn named(text: &str, name: &str, language: Language) -> String {
    let placeholder = language.placeholder();
    let in_c = |name: &str| name.replace('-', "_");
    text.replace("[LIBRARY]", &format!("lib{}.so", in_c(name)))
        .replace("[VERSION]", env!("CARGO_PKG_VERSION"))
        .replace(placeholder, name)
        .replace(&in_c(placeholder), &in_c(name))
}

#[cfg(test)]
mod tests;
