//! Who holds what the memory went into: for each term of the account its holders, in bytes, which
//! add up to the term exactly. A line for the rest is always there.
//!
//! ```text
//! term = this collector + the largest holders + all others as one + the rest
//! ```
//!
//! The growth of a holder is what the ledger's is: the mean of the last samples less that of the
//! first, over the same samples, for only means add up. A source may be looked at less often than
//! the account: between two looks it counts as in the earlier one. A process that a look does not
//! show before its first value was not there and counts as 0; so does one that has ended, which is
//! why it stands here with what it gave back.
//!
//! What is counted is given as it is, with its sign. Of what is only bounded (data in pipes, pages
//! of a deleted file) no more is given than the term has left, and it is said to be a bound.

mod anonymous;
mod file_cache;
mod go_memory;
mod kernel_stacks;
mod listing;
mod page_tables;
mod shared_memory;
mod slab;
mod unaccounted;
mod vmalloc;

use super::case::Case;
use super::finding::Process;
use super::findings::Account;
use super::ledger::Term;
use super::window::{Lifetime, Window};
use listing::Listing;

pub use listing::MAX_HOLDERS;

/// Who holds the memory that a host's grew by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Holders {
    /// For each term of the account, in its order, the holders that add up to it.
    pub terms: Vec<(Term, Vec<Holder>)>,
    /// Those of what no term explains.
    pub unaccounted: Vec<Holder>,
}

/// A line of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What kind of holder it is.
    pub kind: Kind,
    /// What people call it.
    pub name: String,
    /// The process, where it is one or belongs to one.
    pub process: Option<Process>,
    /// What the process is called.
    pub command: Option<String>,
    /// The class of descriptors, the slab group, the function of the kernel.
    pub class: Option<String>,
    /// What it grew by, in bytes.
    pub bytes: i64,
    /// Whether it was there all the time.
    pub lifetime: Lifetime,
    /// Whether it may be less: it is bounded and not counted.
    pub is_at_most: bool,
    /// What the memory of a Go program grew by, part by part; they add up to the bytes. Empty
    /// where it is none or its page does not tell.
    pub parts: Vec<(&'static str, i64)>,
}

/// What kind of line it is. The names are those of the report's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The collector itself.
    Observer,
    /// A process.
    Process,
    /// Deleted files of one class that a process holds open.
    Files,
    /// System V segments, by who made them.
    Segments,
    /// A mount of tmpfs.
    Tmpfs,
    /// Pipes of a process.
    Pipes,
    /// A group of slab caches.
    Slab,
    /// Objects that are larger than any slab cache has.
    LargeObjects,
    /// A function of the kernel that maps memory.
    Caller,
    /// A counter of the kernel.
    Counter,
    /// All smaller ones.
    Others,
    /// What is left.
    Rest,
}

impl Kind {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Observer => "observer",
            Kind::Process => "process",
            Kind::Files => "files",
            Kind::Segments => "segments",
            Kind::Tmpfs => "tmpfs",
            Kind::Pipes => "pipes",
            Kind::Slab => "slab",
            Kind::LargeObjects => "large-objects",
            Kind::Caller => "caller",
            Kind::Counter => "counter",
            Kind::Others => "others",
            Kind::Rest => "rest",
        }
    }
}

impl Holder {
    /// A holder that is no process and is of no class.
    fn of_kind(kind: Kind, name: impl Into<String>, bytes: i64) -> Self {
        Holder {
            kind,
            name: name.into(),
            process: None,
            command: None,
            class: None,
            bytes,
            lifetime: Lifetime::Throughout,
            is_at_most: false,
            parts: Vec::new(),
        }
    }
}

impl Holders {
    /// The holders of a term.
    #[must_use]
    pub fn of(&self, term: Term) -> &[Holder] {
        let found = self.terms.iter().find(|(it, _)| *it == term);
        found.map_or(&[], |(_, holders)| holders)
    }

    /// What of all of it is the collector's own.
    #[must_use]
    pub fn observer(&self) -> i64 {
        let terms = self.terms.iter().flat_map(|(_, holders)| holders);
        let own = terms.chain(&self.unaccounted).filter(|it| it.kind == Kind::Observer);
        own.map(|it| it.bytes).sum()
    }
}

/// The holders of each term, where the collector itself took `observer`; `None` without accounts.
#[must_use]
pub fn holders(case: &Case<'_>, observer: &[(Account, i64)]) -> Option<Holders> {
    let growth = case.growth.as_ref()?;
    let window = &case.window;
    let of_term = |(term, bytes): &(Term, i64)| {
        let mut list = Listing::new(*bytes, window);
        let rest = match term {
            Term::SlabPinned | Term::SlabReclaimable | Term::SlabUnreclaimable => {
                slab::list(case, window, *term, observer, &mut list)
            }
            _ => {
                list.observer(observer.iter().filter(|it| it.0 == Account::Term(*term)));
                of_other(window, *term, &mut list)
            }
        };
        let mut holders = list.finish(rest);
        if *term == Term::Anonymous {
            go_memory::split(case, window, &mut holders);
        }
        (*term, holders)
    };
    let mut list = Listing::new(growth.unaccounted, window);
    list.observer(observer.iter().filter(|it| it.0 == Account::Unaccounted));
    let rest = unaccounted::list(window, &mut list);
    let unaccounted = list.finish(rest);
    Some(Holders { terms: growth.terms.iter().map(of_term).collect(), unaccounted })
}

/// Lists the holders of a term that is no slab, and says what the rest is.
fn of_other<'o>(window: &Window<'o>, term: Term, list: &mut Listing<'o>) -> &'static str {
    match term {
        Term::Anonymous => anonymous::list(window, list),
        Term::SharedMemory => shared_memory::list(window, list),
        Term::FileCache => file_cache::list(window, list),
        Term::PageTables => page_tables::list(window, list),
        Term::KernelStacks => kernel_stacks::list(window, list),
        Term::Vmalloc => vmalloc::list(window, list),
        // Nobody tells whose these are.
        Term::SwapCache => "pages that are in swap too",
        Term::PerCpu => "data per processor, of nobody that is told",
        Term::HugePages => "set aside for programs, used or not",
        Term::SlabPinned | Term::SlabReclaimable | Term::SlabUnreclaimable => "slab",
    }
}

#[cfg(test)]
mod tests;
