//! Pages of files. They fill the memory that nobody needs, and are given back to whoever does: a
//! page cache that grows is never a leak. It is named so that nobody hunts for it.

use super::Suspicion;
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let bytes = case.term(Term::FileCache);
    let why = match bytes {
        1_048_576.. => format!(
            "pages of files grew by {}; the kernel gives them back when memory is needed",
            mib(bytes)
        ),
        _ => "pages of files do not grow".to_owned(),
    };
    let keys = [HostFigure::Term(Term::FileCache), HostFigure::Available].map(Key::Host);
    let evidence = keys.iter().filter_map(|it| case.observed.fact(it)).collect();
    let cleared = vec![Cleared { id: Id::PageCache, why, evidence }];
    Suspicion { cleared, ..Suspicion::default() }
}
