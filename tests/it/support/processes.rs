//! Looks for processes that a run of `collector` has started.

use std::fs;

/// A worker of a run, or what its plugin has forked and not turned into another program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Worker {
    pub(crate) pid: u32,
    /// What the plugin calls the process, such as `collecting`; else the program's name.
    pub(crate) comm: String,
}

/// The processes that the run `core`, a number of a process, has started and that still live.
pub(crate) fn workers_of(core: u32) -> Vec<Worker> {
    let wanted = format!("\0__worker\0{core}\0");
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("procfs").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|it| it.parse().ok()) else { continue };
        // Processes end while one looks.
        let Ok(arguments) = fs::read(entry.path().join("cmdline")) else { continue };
        let Ok(comm) = fs::read_to_string(entry.path().join("comm")) else { continue };
        // A process that is dead and not reaped has no arguments any more.
        if String::from_utf8_lossy(&arguments).ends_with(&wanted) {
            found.push(Worker { pid, comm: comm.trim_end().to_owned() });
        }
    }
    found
}
