//! The part of the reclaimable slab that cannot be reclaimed: names and inodes of files that are in
//! use. The kernel counts it as available, and it is not.

use super::{Accounts, mean, signed};
use crate::analysis::readers::slab_names::OfFiles;

/// The names (dentries) of a moment (`/proc/sys/fs/dentry-state`), and what is known of those in
/// use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pinned {
    /// All of them.
    pub dentries: u64,
    /// Those nobody uses, which the kernel may give back.
    pub unused: u64,
    /// Those in use that are of pipes, as far as descriptors were listed.
    pub of_pipes: u64,
    /// Those in use that have no inode of their own: eventfd, epoll and the like, likewise.
    pub without_inode: u64,
}

impl Pinned {
    /// Those in use.
    #[must_use]
    pub fn in_use(self) -> u64 {
        self.dentries.saturating_sub(self.unused)
    }
}

/// The slab of names and inodes of files at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileSlab {
    /// That of the names.
    pub names: Objects,
    /// That of the inodes, of all file systems.
    pub inodes: Objects,
    /// That of the inodes of sockets.
    pub sockets: Objects,
    /// That of the inodes of pipes.
    pub pipes: Objects,
}

impl FileSlab {
    /// The part of one kind.
    pub fn of_mut(&mut self, kind: OfFiles) -> &mut Objects {
        match kind {
            OfFiles::Names => &mut self.names,
            OfFiles::Inodes => &mut self.inodes,
            OfFiles::Sockets => &mut self.sockets,
            OfFiles::Pipes => &mut self.pipes,
        }
    }
}

/// Objects of the kernel and the slabs they are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Objects {
    /// How many there are.
    pub number: u64,
    /// What they take, in bytes.
    pub taken: u64,
    /// What their slabs take, with the room in them that has no object.
    pub held: u64,
}

impl Objects {
    /// The most room without an object, of `room` bytes, that `in_use` objects can keep: each one
    /// the rest of a slab of `slab` bytes of which it takes `each`.
    #[must_use]
    pub fn room_kept_at_most(in_use: f64, room: f64, slab: f64, each: f64) -> f64 {
        room.min(in_use * (slab - each)).max(0.0)
    }
}

/// What objects in use keep of their slabs, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Kept {
    /// What they take themselves.
    pub taken: f64,
    /// Their part of the room that has no object.
    pub room: f64,
}

impl Kept {
    /// What is kept of slabs that hold `held` bytes and whose objects take `taken`, where `share`
    /// of the objects is in use. A slab is given back as a whole, so what is in it keeps its room
    /// too; where both kinds are in it, each has its share. That is never more than a slab for each
    /// object in use, and never more than is held.
    #[must_use]
    pub fn of(held: f64, taken: f64, share: f64) -> Self {
        let taken = taken.min(held);
        Kept { taken: share * taken, room: share * (held - taken) }
    }
}

impl Accounts {
    /// Of the objects of a kind, the share that is in use: 0 to 1. `None`: the sample does not
    /// tell of both the slab and the names in use.
    #[must_use]
    pub fn share_in_use(&self, kind: OfFiles) -> Option<f64> {
        let (slab, names) = (self.file_slab?, self.pinned_share?);
        let share = |n: u64, of: u64| match of {
            0 => 0.0,
            _ => (n as f64 / of as f64).min(1.0),
        };
        Some(match kind {
            OfFiles::Names => share(names.in_use(), names.dentries),
            OfFiles::Inodes => share(self.files_in_use()?, slab.inodes.number),
            // A socket that is closed has none.
            OfFiles::Sockets => 1.0,
            OfFiles::Pipes => share(names.of_pipes, slab.pipes.number),
        })
    }

    /// Names in use that are of files: each has its inode, which may be kept without a name too.
    #[must_use]
    pub fn files_in_use(&self) -> Option<u64> {
        let (slab, names) = (self.file_slab?, self.pinned_share?);
        let no_files = [slab.sockets.number, names.of_pipes, names.without_inode];
        let no_files = no_files.into_iter().fold(0, u64::saturating_add);
        Some(names.in_use().saturating_sub(no_files))
    }

    /// What names and inodes in use keep of the slab of a kind.
    #[must_use]
    pub fn kept(&self, kind: OfFiles) -> Option<Kept> {
        let share = self.share_in_use(kind)?;
        let slab = *self.file_slab?.of_mut(kind);
        Some(Kept::of(slab.held as f64, slab.taken as f64, share))
    }

    /// The slab that names and inodes in use keep, as far as it is in the reclaimable slab.
    pub(super) fn pinned(&self) -> Option<i64> {
        let kept = OfFiles::ALL.map(|it| self.kept(it));
        let bytes = kept.into_iter().try_fold(0.0, |sum, it| it.map(|it| sum + it.taken + it.room));
        Some(whole(bytes?).min(signed(self.slab_reclaimable)))
    }
}

/// How much more slab names and inodes in use keep in the last samples than in the first; `None`:
/// one of them does not tell. Objects that came into room that was there before count in full, so
/// room that is less takes nothing from them.
pub(super) fn pinned_growth(first: &[Accounts], last: &[Accounts]) -> Option<i64> {
    let mean = |samples: &[Accounts], kind| {
        let sum = samples.iter().try_fold(Kept::default(), |sum, it| {
            let kept = it.kept(kind)?;
            Some(Kept { taken: sum.taken + kept.taken, room: sum.room + kept.room })
        })?;
        let n = samples.len().max(1) as f64;
        Some(Kept { taken: sum.taken / n, room: sum.room / n })
    };
    let of = |kind| {
        let (first, last) = (mean(first, kind)?, mean(last, kind)?);
        Some(last.taken - first.taken + (last.room - first.room).max(0.0))
    };
    let bytes = OfFiles::ALL.into_iter().try_fold(0.0, |sum, it| Some(sum + of(it)?));
    bytes.map(whole)
}

/// Without slabinfo: of a growth of the reclaimable slab, the part that is in use, as much of it as
/// of the new names are. `MemAvailable` takes all of it for available. Where there is less slab or
/// there are fewer names, each name in use counts for what slab there is to a name at the end.
pub(super) fn pinned_part(growth: i64, first: &[Accounts], last: &[Accounts]) -> i64 {
    let told = |samples: &[Accounts], of: &dyn Fn(Pinned) -> u64| {
        let of = |it: &Accounts| it.pinned_share.map(|it| signed(of(it)));
        // The mean of those that tell; they do so at another pace.
        let told: Vec<i64> = samples.iter().filter_map(of).collect();
        (!told.is_empty()).then(|| mean(&told, |it| *it))
    };
    let ends = |of: &dyn Fn(Pinned) -> u64| Some((told(first, of)?, told(last, of)?));
    let (Some(all), Some(in_use)) = (ends(&|it| it.dentries), ends(&Pinned::in_use)) else {
        return 0;
    };
    let (new, new_in_use) = (all.1 - all.0, in_use.1 - in_use.0);
    let (slab, names) = match growth > 0 && new > 0 {
        true => (growth, new),
        false => (mean(last, |it| signed(it.slab_reclaimable)), all.1.max(1)),
    };
    let least = if growth > 0 && new > 0 { 0 } else { -names };
    let part = i128::from(slab) * i128::from(new_in_use.clamp(least, names)) / i128::from(names);
    i64::try_from(part).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "a part of the memory of a host")]
fn whole(bytes: f64) -> i64 {
    bytes.round() as i64
}
