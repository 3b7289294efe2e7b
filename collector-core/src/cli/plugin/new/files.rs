//! The files of a new project, by language.
//!
//! C, C++ and Go are projects of `examples/`, which a reader may run as they stand. The one in Rust is
//! apart, because an example in the workspace cannot be a workspace of its own.

use super::Language;

/// A path in the project, and the text of the file.
pub(super) type File = (&'static str, &'static str);

/// The texts at `$directory/$path`, from the root of the repository, to be written to `$to$path`.
macro_rules! files {
    ($directory:literal: $($path:literal)*) => { files!($directory => "": $($path)*) };
    ($directory:literal => $to:literal: $($path:literal)*) => {
        &[$((
            concat!($to, $path),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../", $directory, "/", $path)),
        )),*]
    };
}

const RUST: &[File] = files!("collector-core/templates/rust":
    "README.md" "Cargo.toml" "plugin.json" "src/lib.rs" "src/tests.rs" "manifest.yaml" ".gitignore"
    "sdk/Cargo.toml");

const C: &[File] = files!("examples/vendor-plugin-c":
    "README.md" "Makefile" "plugin.json" "plugin.c" "test.c" "manifest.yaml"
    ".gitignore");

const CPP: &[File] = files!("examples/vendor-plugin-cpp":
    "README.md" "Makefile" "plugin.json" "plugin.cpp" "exports.map" "test.cpp" "manifest.yaml"
    ".gitignore");
/// What reads a configuration in C and C++.
const CONFIG: &[File] = files!("examples/vendor-plugin-c": "config.h");

/// The whole SDK, so that a project builds wherever the program runs.
const SDK: &[File] = files!("plugin-api/src" => "sdk/src/":
    "abi.rs" "context.rs" "error.rs" "export.rs" "glob.rs" "host.rs" "host/error.rs"
    "host/table.rs" "host/trial.rs" "http.rs"
    "http/credentials.rs" "http/failure.rs" "http/fuzzing.rs" "http/reason.rs" "http/request.rs" "http/response.rs"
    "http/settings.rs" "http/text.rs" "http/tls.rs" "http/tls/connection.rs" "http/tls/reason.rs"
    "http/tls/verify.rs" "http/transport.rs" "http/url.rs" "http/url/tests.rs" "lib.rs"
    "mounts.rs" "mounts/tests.rs" "names.rs" "openmetrics.rs" "openmetrics/tests.rs" "plugin.rs" "privilege.rs" "processes.rs"
    "processes/tests.rs" "runtime.rs" "source.rs" "stat_line.rs" "testing.rs"
    "testing/damage.rs" "testing/description.rs" "testing/record.rs" "testing/server.rs" "testing/tree.rs");
const STYLE: &[File] = files!(".": ".rustfmt.toml");
const LICENSES: &[File] = files!("." => "sdk/": "LICENSE-MIT" "LICENSE-APACHE");

const GO: &[File] = files!("examples/vendor-plugin-go":
    "README.md" "go.mod" "plugin.json" "usage.go" "host.go" "export.go" "bridge.c" "bridge.h"
    "describe.sh" "description.h" "usage_test.go" "manifest.yaml" ".gitignore");

/// The contract, for languages that read it.
const HEADER: &[File] = files!("plugin-api/include": "collector_plugin.h");
const TEST_HOST: &[File] = files!("plugin-api/include": "collector_test_host.h");

/// All files of a project.
pub(super) fn of(language: Language) -> impl Iterator<Item = File> {
    let parts: &[&[File]] = match language {
        Language::Rust => &[RUST, STYLE, SDK, LICENSES],
        Language::C => &[C, CONFIG, HEADER, TEST_HOST],
        Language::Cpp => &[CPP, CONFIG, HEADER, TEST_HOST],
        Language::Go => &[GO, HEADER],
    };
    parts.iter().copied().flatten().copied()
}
