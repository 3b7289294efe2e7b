//! Where a leaking program makes what it makes, and what is removed when it has gone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Missing;

/// The directory of a program. What outlives the program is removed when this is dropped.
pub(super) struct Place {
    pub(super) dir: PathBuf,
    kind: Kind,
}

enum Kind {
    /// In a directory that goes as a whole.
    Home,
    /// A control group, which has only groups in it.
    ControlGroup,
    /// A directory in memory.
    Tmpfs,
    /// In a directory that goes as a whole, and a disk in memory whose number is in `device`.
    Disk,
}

impl Place {
    /// The place for a mode of the program, below `home` where it can be.
    pub(super) fn of(mode: &str, home: &Path) -> Result<Self, Missing> {
        let own = format!("leaks-{}", std::process::id());
        let (dir, kind) = match mode {
            "control-groups" | "dead-groups" => {
                let parents = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"];
                let parent = parents.iter().find(|it| Path::new(it).is_dir());
                let parent = parent.ok_or(Missing("no control groups"))?;
                (Path::new(parent).join(own), Kind::ControlGroup)
            }
            "tmpfs-files" => (Path::new("/dev/shm").join(own), Kind::Tmpfs),
            "zram-data" => (home.join("files"), Kind::Disk),
            _ => (home.join("files"), Kind::Home),
        };
        fs::create_dir_all(&dir).map_err(|_| Missing("the right to make its directory"))?;
        Ok(Place { dir, kind })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self.kind {
            Kind::Home => {}
            Kind::Tmpfs => {
                let _ = fs::remove_dir_all(&self.dir);
            }
            Kind::ControlGroup => remove_group(&self.dir),
            Kind::Disk => remove_disk(&self.dir),
        }
    }
}

/// Removes a control group with those in it, which are empty.
fn remove_group(group: &Path) {
    let made = fs::read_dir(group).into_iter().flatten().flatten();
    for made in made.filter(|it| it.path().is_dir()) {
        let _ = fs::remove_dir(made.path());
    }
    let _ = fs::remove_dir(group);
}

/// Gives the disk in memory back, if one was made.
fn remove_disk(dir: &Path) {
    let Ok(number) = fs::read_to_string(dir.join("device")) else { return };
    let _ = fs::write(format!("/sys/block/zram{number}/reset"), "1");
    let _ = fs::write("/sys/class/zram-control/hot_remove", number);
}

/// Removes the segments that process made: they outlive it.
pub(super) fn remove_segments_of(pid: u32) {
    let table = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    for line in table.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let (Some(id), Some(creator)) = (words.get(1), words.get(4))
            && *creator == pid.to_string()
        {
            let mut ipcrm = Command::new("ipcrm");
            let _ = ipcrm.args(["-m", id]).status();
        }
    }
}
