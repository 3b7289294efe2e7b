//! The directory of caches in sysfs as two lists: of its links, and of one value of each cache.
//! What the two artifacts look like is said at the top of the plugin.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use plugin_api::{Context, Error, Level, Status};

/// A value of sysfs is a page at most.
const VALUE_BYTES: u64 = 4096;

/// Stores `slab-aliases` and `slab-reclaim-account` from the directory of caches. A kernel without
/// it is a line of the log.
///
/// # Errors
///
/// The directory cannot be read. What goes wrong inside it is recorded as a problem.
pub(crate) fn store_names(context: &Context, directory: &Path) -> Result<(), Error> {
    let entries = match sorted_entries(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let missing = Error::reading(directory, &error);
            context.log(Level::Warn, &format!("{missing}; kernels have it with CONFIG_SLUB"));
            return Ok(());
        }
        Err(error) => return Err(advised(directory, &error)),
    };
    // Links are for everybody to read, values for root: each list stands or falls alone.
    let links = |it: FileType| it.is_symlink();
    store(context, "slab-aliases", " -> ", paths(directory, &entries, links), |path| {
        let target = fs::read_link(path).map_err(|error| advised(path, &error))?;
        Ok(target.into_os_string().into_encoded_bytes())
    });
    let caches = |it: FileType| it.is_dir();
    store(context, "slab-reclaim-account", "\t", paths(directory, &entries, caches), |path| {
        let path = path.join("reclaim_account");
        let mut value = read(&path).map_err(|error| advised(&path, &error))?;
        value.truncate(value.trim_ascii_end().len());
        Ok(value)
    });
    Ok(())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut value = Vec::new();
    File::open(path)?.take(VALUE_BYTES).read_to_end(&mut value)?;
    Ok(value)
}

fn sorted_entries(directory: &Path) -> io::Result<Vec<(OsString, FileType)>> {
    let mut entries = fs::read_dir(directory)?
        .map(|entry| entry.and_then(|it| Ok((it.file_name(), it.file_type()?))))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    Ok(entries)
}

fn paths<'e>(
    directory: &Path,
    entries: &'e [(OsString, FileType)],
    is_wanted: impl Fn(FileType) -> bool,
) -> impl Iterator<Item = (&'e OsStr, PathBuf)> {
    entries
        .iter()
        .filter(move |(_, file_type)| is_wanted(*file_type))
        .map(move |(name, _)| (name.as_os_str(), directory.join(name)))
}

/// Stores one line for each of `paths`: its name, `between`, what `read` gives. An entry that is
/// gone meanwhile is left out; another error ends the list, which is then marked as cut.
fn store<'e>(
    context: &Context,
    name: &str,
    between: &str,
    paths: impl Iterator<Item = (&'e OsStr, PathBuf)>,
    read: impl Fn(&Path) -> Result<Vec<u8>, Error>,
) {
    let mut lines = Vec::new();
    let mut listed = Ok(());
    for (name, path) in paths {
        match read(&path) {
            Ok(value) => {
                lines.extend([name.as_bytes(), between.as_bytes(), &value, b"\n"].concat());
            }
            Err(error) if error.status() == Status::Unavailable => {}
            Err(error) => {
                listed = Err(error);
                break;
            }
        }
    }
    // An empty artifact would say that the kernel has none.
    if let (Err(error), true) = (&listed, lines.is_empty()) {
        return context.problem(error);
    }
    let stored =
        context.artifact(name, &format!("text/x-linux-{name}")).and_then(|mut artifact| {
            artifact.append(&lines)?;
            // An artifact that is not finished is marked as cut.
            listed.and_then(|()| artifact.finish())
        });
    if let Err(error) = stored {
        context.problem(&error);
    }
}

fn advised(path: &Path, error: &io::Error) -> Error {
    let error = Error::reading(path, error);
    if error.status() == Status::Denied { error.advise("run as root to add it") } else { error }
}
