//! Finds one file of a bundle by its name.

use std::path::Path;

use super::{Exit, Failure};
use crate::bundle::reader::{BundleReader, Entry, ReadError, Tail};

/// Gives the file of `bundle` that is called `name`, as `bundle list --files` shows it, to `read`.
pub(in crate::cli) fn with_entry<T, E: From<Failure>>(
    bundle: &Path,
    name: &str,
    read: impl FnOnce(&mut Entry<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let unreadable = |error: ReadError| E::from(Failure::new(Exit::Unreadable, error));
    let mut reader = BundleReader::open(bundle).map_err(unreadable)?;
    let root = format!("{}/", reader.root());
    let wanted = name.strip_prefix("./").unwrap_or(name);
    let wanted = wanted.strip_prefix(&root).unwrap_or(wanted);
    while let Some(mut entry) = reader.next_entry().map_err(unreadable)? {
        if entry.name().as_str() == wanted {
            return read(&mut entry);
        }
    }
    let (exit, end) = match reader.tail() {
        None | Some(Tail::Whole) => (Exit::Usage, ""),
        Some(_) => (Exit::Unreadable, " before the place where it is cut off or damaged"),
    };
    let text = format!(
        "{} has no `{}`{end} (hint: `collector bundle list --files {0}` shows the names)",
        bundle.display(),
        wanted.escape_default()
    );
    Err(E::from(Failure::new(exit, text)))
}
