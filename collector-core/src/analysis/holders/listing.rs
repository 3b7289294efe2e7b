//! A term's holders as they are listed: the largest few by name, the others as one, and the rest,
//! so that the sum is the term to the byte.

use crate::analysis::findings::Account;
use crate::analysis::series::{Key, Observed};

use super::{Holder, Kind};
use crate::analysis::window::{Lifetime, Window};

/// Holders of a term that are named.
pub const MAX_HOLDERS: usize = 5;

/// The holders of one term.
#[derive(Debug)]
pub(super) struct Listing<'o> {
    observed: &'o Observed,
    total: i64,
    /// More than this no holder has on this machine: what says so is damaged.
    most: f64,
    observer: i64,
    /// Lines that are shown however small, in their order.
    fixed: Vec<Holder>,
    largest: Vec<(i64, &'o Key, Lifetime)>,
    /// How many were larger in number than can be named, and their bytes.
    others: (usize, i128),
    is_bounded: bool,
}

impl<'o> Listing<'o> {
    /// That of a term which grew by `total`.
    pub(super) fn new(total: i64, window: &Window<'o>) -> Self {
        Listing {
            observed: window.observed,
            total,
            most: window.last_account().map_or(0.0, |it| it.total as f64),
            observer: 0,
            fixed: Vec::new(),
            largest: Vec::new(),
            others: (0, 0),
            is_bounded: false,
        }
    }

    /// Takes out what the collector itself took.
    pub(super) fn observer<'a>(&mut self, own: impl Iterator<Item = &'a (Account, i64)>) {
        let own = own.filter_map(|(_, bytes)| self.believed(*bytes as f64, false));
        self.observer = own.sum();
    }

    /// The holders that are listed by their keys are bounded and not counted.
    pub(super) fn bounded(&mut self) {
        self.is_bounded = true;
    }

    /// Adds a line of its own.
    pub(super) fn line(&mut self, kind: Kind, name: &str, bytes: f64, is_at_most: bool) {
        if let Some(bytes) = self.believed(bytes, is_at_most).filter(|it| *it != 0) {
            self.fixed.push(Holder { is_at_most, ..Holder::of_kind(kind, name, bytes) });
        }
    }

    /// Adds a holder that grew by so many bytes. Of many, the largest are kept.
    pub(super) fn add(&mut self, key: &'o Key, bytes: f64, lifetime: Lifetime) {
        let Some(bytes) = self.believed(bytes, self.is_bounded).filter(|it| *it != 0) else {
            return;
        };
        self.largest.push((bytes, key, lifetime));
        if self.largest.len() <= MAX_HOLDERS {
            return;
        }
        // Of equal ones the first stays.
        let least =
            (0..self.largest.len()).rev().min_by_key(|at| self.largest[*at].0.unsigned_abs());
        if let Some((bytes, ..)) = least.map(|at| self.largest.remove(at)) {
            self.others.0 += 1;
            self.others.1 += i128::from(bytes);
        }
    }

    /// Whole bytes. `None`: no machine has so much. A bound is cut later.
    fn believed(&self, bytes: f64, is_bound: bool) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "a cast saturates, and bounds are cut")]
        let whole = bytes.round() as i64;
        (bytes.is_finite() && (is_bound || bytes.abs() <= self.most)).then_some(whole)
    }

    /// All lines: the collector, those of their own, the largest first, the others, the rest.
    pub(super) fn finish(mut self, rest: &str) -> Vec<Holder> {
        let total = self.total;
        self.lines(rest).unwrap_or_else(|| {
            // What adds up to more than numbers can say is damaged.
            vec![Holder::of_kind(Kind::Rest, rest, total)]
        })
    }

    fn lines(&mut self, rest: &str) -> Option<Vec<Holder>> {
        self.largest.sort_by_key(|it| std::cmp::Reverse(it.0.unsigned_abs()));
        let counted = self.fixed.iter().filter(|it| !it.is_at_most).map(|it| i128::from(it.bytes));
        let mut left = i128::from(self.total) - i128::from(self.observer) - counted.sum::<i128>();
        let mut lines = Vec::new();
        if self.observer != 0 {
            lines.push(Holder::of_kind(Kind::Observer, "this collector", self.observer));
        }
        for mut line in std::mem::take(&mut self.fixed) {
            if line.is_at_most {
                line.bytes = fitting(cut(i128::from(line.bytes), &mut left))?;
            }
            lines.push(line);
        }
        for (bytes, key, lifetime) in &self.largest {
            let bytes = self.take(i128::from(*bytes), &mut left)?;
            lines.push(Holder { bytes, lifetime: *lifetime, ..self.named(key) });
        }
        let (n, bytes) = self.others;
        if n > 0 {
            let bytes = self.take(bytes, &mut left)?;
            let name = format!("{n} other{}", if n == 1 { "" } else { "s" });
            let is_at_most = self.is_bounded;
            lines.push(Holder { is_at_most, ..Holder::of_kind(Kind::Others, name, bytes) });
        }
        // A bound that nothing is left for is no holder.
        lines.retain(|it| !it.is_at_most || it.bytes != 0);
        lines.push(Holder::of_kind(Kind::Rest, rest, fitting(left)?));
        Some(lines)
    }

    fn take(&self, bytes: i128, left: &mut i128) -> Option<i64> {
        if self.is_bounded {
            return fitting(cut(bytes, left));
        }
        *left -= bytes;
        fitting(bytes)
    }

    fn named(&self, key: &Key) -> Holder {
        let called = |process| self.observed.called(process);
        let (kind, name, process, class) = match key {
            Key::Of(process, _) => (Kind::Process, called(process), Some(process), None),
            Key::DeletedBytes(process, class) => {
                let name = format!("{class} of {}", called(process));
                (Kind::Files, name, Some(process), Some(class))
            }
            Key::Descriptors(process, class) => {
                (Kind::Pipes, format!("pipes of {}", called(process)), Some(process), Some(class))
            }
            Key::Segments(process, class) => {
                let of = process.as_ref().map(|it| format!(" of {}", called(it)));
                let name = format!("{class}{}", of.unwrap_or_default());
                (Kind::Segments, name, process.as_ref(), Some(class))
            }
            Key::Tmpfs(place) => (Kind::Tmpfs, place.to_string(), None, Some(place)),
            Key::Slab(group) => (Kind::Slab, group.to_string(), None, Some(group)),
            Key::Caller(caller) => (Kind::Caller, caller.to_string(), None, Some(caller)),
            other => (Kind::Counter, format!("{other:?}"), None, None),
        };
        let command = process.and_then(|it| self.observed.commands.get(it));
        Holder {
            process: process.cloned(),
            command: command.map(|it| it.to_string()),
            class: class.map(|it| it.to_string()),
            is_at_most: self.is_bounded,
            ..Holder::of_kind(kind, name, 0)
        }
    }
}

/// Bytes that may be added to others without a thought; `None`: they are of a damaged bundle.
fn fitting(bytes: i128) -> Option<i64> {
    i64::try_from(bytes).ok().filter(|it| it.unsigned_abs() < 1 << 60)
}

/// Of a bound, as much as is left with its sign.
fn cut(bound: i128, left: &mut i128) -> i128 {
    let taken = if *left > 0 { bound.clamp(0, *left) } else { bound.clamp(*left, 0) };
    *left -= taken;
    taken
}
