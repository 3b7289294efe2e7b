//! The part of the reclaimable slab that cannot be reclaimed: names and inodes of files that are in
//! use. The kernel counts it as available, and it is not.

use super::{Accounts, mean, signed};

/// The dentries of a moment (`/proc/sys/fs/dentry-state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinned {
    /// All of them.
    pub dentries: u64,
    /// Those nobody uses, which the kernel may give back.
    pub unused: u64,
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
    /// What is kept of slabs that hold `held` bytes and whose objects take `taken`, where such a
    /// share of the objects is in use: those, and the room without an object, for a slab is given
    /// back as a whole.
    #[must_use]
    pub fn kept(held: f64, taken: f64, share: f64) -> f64 {
        held - (1.0 - share) * taken.min(held)
    }
}

impl Accounts {
    /// Of the names of files, and of the inodes, the share that is in use: 0 to 1. `None`: the
    /// sample does not tell of both the slab and the names in use.
    #[must_use]
    pub fn shares_in_use(&self) -> Option<(f64, f64)> {
        let (slab, names) = (self.file_slab?, self.pinned_share?);
        let share = |of: u64| match of {
            0 => 0.0,
            _ => (names.in_use() as f64 / of as f64).min(1.0),
        };
        // A name in use has its inode; an inode may be kept without a name.
        Some((share(names.dentries), share(slab.inodes.number)))
    }

    /// The slab that names and inodes in use keep, as far as it is in the reclaimable slab.
    pub(super) fn pinned(&self) -> Option<i64> {
        let ((of_names, of_inodes), slab) = (self.shares_in_use()?, self.file_slab?);
        let kept = |it: Objects, share| Objects::kept(it.held as f64, it.taken as f64, share);
        let bytes = kept(slab.names, of_names) + kept(slab.inodes, of_inodes);
        Some(whole(bytes).min(signed(self.slab_reclaimable)))
    }
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
