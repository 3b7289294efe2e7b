//! Whom a plugin may depend on among the packages of this repository: the contract alone.
//!
//! It reads the lines of `Cargo.toml` as they are written here, not all of TOML.

use super::Complaint;

/// The only package of ours that a plugin may name.
const CONTRACT: &str = "plugin-api";

/// Checks the manifests of all plugins against the names of all packages.
pub(super) fn check(manifests: &[(String, String)]) -> Vec<Complaint> {
    let ours: Vec<&str> = manifests.iter().filter_map(|(_, text)| package(text)).collect();
    let mut complaints = Vec::new();
    for (path, text) in manifests.iter().filter(|(path, _)| path.starts_with("plugins/")) {
        let mut in_dependencies = false;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let mut named = Vec::new();
            if let Some(header) = line.strip_prefix('[') {
                let header = header.split(']').next().unwrap_or(header);
                in_dependencies = header.ends_with("dependencies");
                // [dependencies.NAME]
                if let Some((table, name)) = header.rsplit_once('.')
                    && table.ends_with("dependencies")
                {
                    named.push(name);
                    in_dependencies = false;
                }
            } else if in_dependencies && !line.starts_with('#') {
                named.extend(line.split(['=', '.', ' ']).next());
            }
            if let Some((_, renamed)) = line.split_once("package = \"") {
                named.extend(renamed.split('"').next());
            }
            for name in named.into_iter().filter(|it| ours.contains(it) && *it != CONTRACT) {
                let what = format!("a plugin may not depend on `{name}`, only on `{CONTRACT}`");
                complaints.push(Complaint { path: path.clone(), line: index + 1, what });
            }
        }
    }
    complaints
}

/// The name in `[package]`, which is the first `name` of the file.
fn package(manifest: &str) -> Option<&str> {
    let line = manifest.lines().find_map(|it| it.strip_prefix("name = \""))?;
    line.split('"').next()
}
