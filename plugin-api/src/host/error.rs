//! What is wrong with a plugin's table, in words that name both values and what to do.

use crate::abi;

/// Why a plugin's table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableError {
    /// The entry function returned NULL or an address that cannot be a table's.
    Pointer(usize),
    /// The magic number is another.
    Magic(u32),
    /// The table is of another major.
    Major(u16),
    /// The table is smaller than that of ABI 1.0, which has the second number of bytes.
    Size(u32, usize),
    /// The plugin needs a host of this minor at least; ours is the second number.
    HostMinor(u32, u16),
    /// A required function is NULL.
    Missing(&'static str),
    /// The description in the table is not the text in the ELF note.
    Description,
}

impl std::fmt::Display for TableError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TableError::Pointer(0) => write!(
                f,
                "{} returned NULL and no table; return the address of a static collector_plugin",
                abi::ENTRY_SYMBOL
            ),
            TableError::Pointer(address) => write!(
                f,
                "{} returned {address:#x}, where no table can be: its address is a multiple of {}; \
                 return the address of a static collector_plugin",
                abi::ENTRY_SYMBOL,
                align_of::<abi::PluginTable>()
            ),
            TableError::Magic(magic) => write!(
                f,
                "the table's magic is {magic:#010x} instead of {:#010x}; build against \
                 collector_plugin.h",
                abi::MAGIC
            ),
            TableError::Major(major) => write!(
                f,
                "the table is of ABI {major}, this program speaks ABI {}; use a plugin or a \
                 program of the same major",
                abi::ABI_MAJOR
            ),
            TableError::Size(size, least) => write!(
                f,
                "the table says it has {size} bytes, ABI 1.0 has {least}; set size to \
                 sizeof(collector_plugin)"
            ),
            TableError::HostMinor(needs, have) => write!(
                f,
                "the plugin needs ABI 1.{needs}, this program offers 1.{have}; use a newer \
                 collector"
            ),
            TableError::Missing(function) => {
                write!(
                    f,
                    "the table's {function} is NULL, but every plugin must have it; put a function \
                     there"
                )
            }
            TableError::Description => f.write_str(
                "the description in the table differs from the one in the ELF note; build both \
                 from one text",
            ),
        }
    }
}

impl std::error::Error for TableError {}
