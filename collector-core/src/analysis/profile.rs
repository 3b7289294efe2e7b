//! A profile of a Go program as values, and what `go tool pprof` does with it: merge, subtract,
//! sum up by function. Reading one is [`readers::pprof`](super::readers::pprof)'s business.
//!
//! Where pprof and its documentation differ, this follows the program (github.com/google/pprof as
//! of Go 1.26), so that both say the same of the same files.
//!
//! Binaries are never opened: a frame has the name that the profile gives it, and C++ or Rust names
//! stay as the linker knows them.

mod graph;
mod growth;
mod merge;
mod names;
mod prune;
mod samples;
mod texts;
mod top;
pub mod unit;

pub use growth::{Frame, Grows, OtherProfile, Site, SiteGrowth, growth};
pub use merge::{MergeError, merge, subtract};
pub use samples::{Label, LabelValue, Samples};
pub use texts::{Text, Texts};
pub use top::{Inlined, Row, SortBy, Top, TopError, TopOptions, top};

/// A profile. Its parts name each other by their places in these lists, which are checked where a
/// profile is made.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// What each value of a sample counts, such as `inuse_space` in `bytes`.
    pub types: Vec<ValueType>,
    /// The type to show when none is asked for; empty means the last.
    pub default_type: String,
    /// What `period` counts.
    pub period_type: ValueType,
    /// The mean distance between two samples; 524288 bytes in a heap profile unless the program
    /// changed it.
    pub period: i64,
    /// When it was taken, in nanoseconds since 1970; 0 is unknown.
    pub time_nanos: i64,
    /// How long was measured, in nanoseconds; 0 for what has no duration, such as a heap.
    pub duration_nanos: i64,
    /// Remarks of the program that wrote it.
    pub comments: Vec<String>,
    /// Where to read about it.
    pub doc_url: String,
    /// Frames to leave out, with all they call: a regular expression over whole names.
    pub drop_frames: String,
    /// Exceptions of `drop_frames`.
    pub keep_frames: String,
    /// All texts.
    pub texts: Texts,
    /// The parts of the program's memory that hold code; the first is the program itself.
    pub mappings: Vec<Mapping>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The lines of all locations, one location after the other.
    pub lines: Vec<Line>,
    /// The places in the code.
    pub locations: Vec<Location>,
    /// What was counted where.
    pub samples: Samples,
}

/// What a value counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueType {
    /// Such as `inuse_space`.
    pub kind: String,
    /// Such as `bytes`.
    pub unit: String,
}

/// A part of memory that holds code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Its first address.
    pub start: u64,
    /// The address after its last.
    pub limit: u64,
    /// Where it starts in the file, in bytes.
    pub offset: u64,
    /// The file.
    pub file: Text,
    /// What tells one build of the file from another.
    pub build_id: Text,
}

/// A function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Function {
    /// As people write it.
    pub name: Text,
    /// As the linker knows it.
    pub system_name: Text,
    /// The file with its source.
    pub file: Text,
    /// Its first line; 0 is unknown.
    pub start_line: i64,
}

/// A line of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its function: a place in [`Profile::functions`].
    pub function: u32,
    /// The line; 0 is unknown.
    pub line: i64,
    /// The column; 0 is unknown.
    pub column: i64,
}

/// A place in the code. It has several lines where calls were inlined, the innermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// The mapping it is in: a place in [`Profile::mappings`].
    pub mapping: Option<u32>,
    /// Its address.
    pub address: u64,
    /// Whether several functions of the same code were folded into one.
    pub is_folded: bool,
    /// Its lines: from here
    pub lines_start: u32,
    /// to here, in [`Profile::lines`].
    pub lines_end: u32,
}

impl Profile {
    /// The lines of a location, the innermost first.
    #[must_use]
    pub fn lines_of(&self, location: Location) -> &[Line] {
        &self.lines[location.lines_start as usize..location.lines_end as usize]
    }

    /// The text.
    #[must_use]
    pub fn text(&self, text: Text) -> &str {
        self.texts.get(text)
    }

    /// The names of its types, for a message.
    #[must_use]
    pub fn type_names(&self) -> String {
        let names: Vec<&str> = self.types.iter().map(|it| it.kind.as_str()).collect();
        names.join(", ")
    }

    /// The place of the type that `wanted` names, by its name or its number from 0; of the default
    /// type when nothing is wanted.
    #[must_use]
    pub fn type_index(&self, wanted: Option<&str>) -> Option<usize> {
        let find = |name: &str| self.types.iter().position(|it| it.kind == name);
        let last = self.types.len().checked_sub(1);
        let Some(wanted) = wanted else { return find(&self.default_type).or(last) };
        if let Ok(index) = wanted.parse::<usize>() {
            return Some(index).filter(|it| *it < self.types.len());
        }
        // Older programs call `inuse_space` just `space`.
        let short = wanted.strip_prefix("inuse_").unwrap_or(wanted);
        self.types.iter().position(|it| it.kind == wanted || it.kind == short)
    }
}

#[cfg(test)]
mod tests;
