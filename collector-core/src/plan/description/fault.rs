//! Why a plugin's description of itself cannot be used.

/// What is wrong with a description. The reader is mostly the plugin's author.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptionFault {
    /// The file has no note of ours.
    #[error(
        "not a collector plugin, or built without the note that describes it (section .note.collector); build it with collector_plugin! in Rust or COLLECTOR_DESCRIPTION in C"
    )]
    Missing,
    /// The file has no note, but an entry point of another version of the contract.
    #[error(
        "made for plugin ABI {}, this program speaks ABI {ours}; use the plugin's build for ABI {ours}, or a version of this program that speaks its ABI",
        list(plugin)
    )]
    OtherEntry {
        /// The versions it exports.
        plugin: Vec<u32>,
        /// The version of this program.
        ours: u32,
    },
    /// The file has a note, but not the entry point.
    #[error(
        "describes a plugin but exports no collector_plugin_entry_v{ours}; export it (collector_plugin! in Rust, visibility \"default\" in C)"
    )]
    NoEntry {
        /// The version of this program.
        ours: u32,
    },
    /// More than one note.
    #[error(
        "holds two descriptions (notes in .note.collector); one plugin per library: link one of them out"
    )]
    Two,
    /// A note beyond the limit.
    #[error("its description is {bytes} bytes, over the limit of {limit}; shorten its texts")]
    TooLong {
        /// Its length.
        bytes: u32,
        /// The limit.
        limit: u32,
    },
    /// Not UTF-8.
    #[error("its description is not UTF-8 from byte {at} on; ask its author for a repaired build")]
    Utf8 {
        /// The first byte that does not fit.
        at: usize,
    },
    /// Not JSON.
    #[error("its description is not JSON ({0}); ask its author for a repaired build")]
    Json(serde_json::Error),
    /// Another major version of the contract.
    #[error(
        "made for plugin ABI {plugin}, this program speaks ABI {ours}; use the plugin's build for ABI {ours}, or a version of this program that speaks ABI {plugin}"
    )]
    Abi {
        /// The plugin's.
        plugin: u32,
        /// The version of this program.
        ours: u32,
    },
    /// A key that is not there.
    #[error(
        "its description lacks `{key}`, which must be {must}; ask its author for a repaired build"
    )]
    Lacks {
        /// The key, with its place.
        key: String,
        /// What must stand there.
        must: &'static str,
    },
    /// A value of the wrong type or outside its bounds.
    #[error(
        "`{key}` of its description is {is}, but must be {must}; ask its author for a repaired build"
    )]
    Key {
        /// The key, with its place.
        key: String,
        /// What stands there.
        is: String,
        /// What must stand there.
        must: &'static str,
    },
}

fn list(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    numbers.join(" and ")
}
