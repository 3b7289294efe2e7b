//! Reads the facts of this machine that explain a capture: kernel, memory, boot, rights, container.
//!
//! What cannot be read stays unknown. Every text is read with a limit: `/proc` of a container may
//! be anything.

mod container;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use procfs::process::MountInfo;
use procfs::{FromBufRead, FromRead, Meminfo, Uptime};

use crate::units::HostFacts;

/// Most bytes of a small text of `/proc`, `/sys` or `/etc`.
const TEXT_BYTES: u64 = 64 * 1024;
/// Most bytes of a line that tells of a mount: its options are a page at most, and so are the paths.
const MOUNT_BYTES: u64 = 64 * 1024;
/// The inode of the PID namespace of the host itself (`PROC_PID_INIT_INO` of the kernel).
const HOST_PID_NAMESPACE: &str = "pid:[4026531836]";

/// This machine and what the caller may do on it.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The facts that go into a bundle.
    pub host: HostFacts,
    /// `/proc` hides the processes of other users (mount option `hidepid`).
    pub hides_processes: bool,
    /// The caller sees only the processes of a container.
    pub inside_pid_namespace: bool,
    /// Says whether the caller may read a file, without opening it: to open a device may already
    /// do something.
    pub access: fn(&Path) -> Access,
}

/// Whether a file may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Readable,
    /// It is there, but the caller may not read it.
    Denied,
    /// It is not there.
    Missing,
}

/// There is no `/proc`: what is to be collected is not there, and no worker can be started.
#[derive(Debug, thiserror::Error)]
#[error(
    "/proc is not mounted here, so no plugin can be started and nothing of the kernel be read; mount it (`mount -t proc proc /proc`) and try again"
)]
pub struct NoProc {
    /// What the system said of `/proc/self/exe`.
    source: io::Error,
}

/// Says whether there is a `/proc`, which every capture needs.
///
/// # Errors
///
/// There is none, or not that of this process.
pub fn check_proc() -> Result<(), NoProc> {
    std::fs::read_link("/proc/self/exe").map(drop).map_err(|source| NoProc { source })
}

impl Machine {
    /// The machine this process runs on.
    #[must_use]
    pub fn here() -> Self {
        let mounts = Mounts::here();
        let namespace = std::fs::read_link("/proc/self/ns/pid").ok();
        Machine {
            host: host_facts(mounts.cgroup_version),
            hides_processes: mounts.hides_processes,
            inside_pid_namespace: namespace.is_some_and(|it| it.as_os_str() != HOST_PID_NAMESPACE),
            access,
        }
    }
}

/// What the mounts of this process tell.
#[derive(Debug, Default)]
struct Mounts {
    cgroup_version: Option<u8>,
    hides_processes: bool,
}

impl Mounts {
    /// As far as they can be read.
    fn here() -> Self {
        let mut mounts = Mounts::default();
        let Ok(file) = File::open("/proc/self/mountinfo") else { return mounts };
        let mut text = BufReader::new(file);
        let mut line = Vec::new();
        // One at a time: a host of containers has thousands. What is longer comes in pieces that
        // tell of no mount.
        while text.by_ref().take(MOUNT_BYTES).read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let mount = str::from_utf8(&line).ok().map(str::trim_end);
            if let Some(Ok(mount)) = mount.map(MountInfo::from_line) {
                mounts.add(&mount);
            }
            line.clear();
        }
        mounts
    }

    fn add(&mut self, mount: &MountInfo) {
        match mount.fs_type.as_str() {
            "cgroup" => self.cgroup_version = Some(1),
            "cgroup2" => self.cgroup_version = self.cgroup_version.or(Some(2)),
            "proc" if mount.mount_point == Path::new("/proc") => {
                let value = mount.super_options.get("hidepid").and_then(Option::as_deref);
                self.hides_processes |= value.is_some_and(|it| !matches!(it, "0" | "off"));
            }
            _ => {}
        }
    }
}

fn host_facts(cgroup_version: Option<u8>) -> HostFacts {
    let uname = rustix::system::uname();
    let text = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    HostFacts {
        hostname: text(uname.nodename()),
        kernel_release: text(uname.release()),
        kernel_version: text(uname.version()),
        architecture: text(uname.machine()),
        distribution: ["/etc/os-release", "/usr/lib/os-release"]
            .iter()
            .find_map(|path| pretty_name(&read_text(path)?)),
        page_size: rustix::param::page_size() as u64,
        ticks_per_second: rustix::param::clock_ticks_per_second(),
        cpus: read_text("/sys/devices/system/cpu/online")
            .and_then(|list| count_cpus(&list))
            .or_else(|| std::thread::available_parallelism().ok().map(|n| n.get() as u64))
            .unwrap_or(1),
        memory_bytes: read_text("/proc/meminfo")
            .and_then(|text| Some(Meminfo::from_buf_read(text.as_bytes()).ok()?.mem_total)),
        boot_id: read_text("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()),
        uptime_seconds: read_text("/proc/uptime").and_then(|text| {
            Some(Uptime::from_read(text.as_bytes()).ok()?.uptime_duration().as_secs())
        }),
        utc_offset_seconds: chrono::Local::now().offset().local_minus_utc(),
        uid: rustix::process::geteuid().as_raw(),
        capabilities: read_text("/proc/self/status").and_then(|status| {
            Some(status.lines().find_map(|it| it.strip_prefix("CapEff:"))?.trim().to_owned())
        }),
        cgroup_version,
        container: container::runtime_of_this_process(),
    }
}

/// Reads a small text; `None` when it cannot be read or is not UTF-8.
fn read_text(path: impl AsRef<Path>) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(TEXT_BYTES).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

/// `PRETTY_NAME` of a text in the form of `os-release(5)`.
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("PRETTY_NAME="))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The number of processors in a list such as `0-3,5`.
fn count_cpus(list: &str) -> Option<u64> {
    let mut n_cpus = 0_u64;
    for range in list.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        n_cpus = n_cpus.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    Some(n_cpus)
}

fn access(path: &Path) -> Access {
    use rustix::fs::{AtFlags, CWD};
    use rustix::io::Errno;
    match rustix::fs::accessat(CWD, path, rustix::fs::Access::READ_OK, AtFlags::EACCESS) {
        Ok(()) => Access::Readable,
        Err(Errno::NOENT | Errno::NOTDIR) => Access::Missing,
        Err(_) => Access::Denied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_the_facts_its_tools_show() {
        let said = |program: &str, argument: &str| {
            let output = std::process::Command::new(program).arg(argument).output().expect(program);
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let host = Machine::here().host;
        assert_eq!(host.kernel_release, said("uname", "-r"));
        assert_eq!(host.hostname, said("uname", "-n"));
        assert_eq!(host.page_size.to_string(), said("getconf", "PAGESIZE"));
        assert_eq!(host.ticks_per_second.to_string(), said("getconf", "CLK_TCK"));
        assert_eq!(host.cpus.to_string(), said("getconf", "_NPROCESSORS_ONLN"));
        assert_eq!(host.uid.to_string(), said("id", "-u"));
        let kernel_bytes = host.memory_bytes.expect("MemTotal");
        assert!(said("cat", "/proc/meminfo").contains(&(kernel_bytes / 1024).to_string()));
        assert_eq!(host.boot_id.expect("a boot id").len(), 36);
    }

    #[test]
    fn texts_that_are_odd_give_nothing_rather_than_a_guess() {
        assert_eq!(count_cpus("0-3,5\n"), Some(5));
        for list in ["", "x", "3-0", "0-18446744073709551615"] {
            assert_eq!(count_cpus(list), None, "{list}");
        }
        assert_eq!(pretty_name("ID=x\nPRETTY_NAME=\"Debian 12\"\n").as_deref(), Some("Debian 12"));
        assert_eq!(pretty_name("PRETTY_NAME=\n"), None);
    }

    #[test]
    fn access_is_told_without_opening() {
        assert_eq!(access(Path::new("/proc/meminfo")), Access::Readable);
        assert_eq!(access(Path::new("/proc/meminfo/x")), Access::Missing);
        assert_eq!(access(Path::new("/nowhere")), Access::Missing);
    }
}
