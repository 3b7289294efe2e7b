//! What each process has open, by class; its sockets by what they are, found by their inodes in
//! the tables of the network.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use super::classes::class;
use super::own::Own;
use super::tally::Tally;
use super::texts::Texts;
use super::{name, process};
use crate::analysis::finding::Process;
use crate::analysis::readers::fds::Descriptor;
use crate::analysis::series::{Key, Observed, ProcessFigure};

/// Classes of one process over the capture. What comes after them is `other files`: a process with
/// hundreds of names has no leak of one of them.
const MAX_CLASSES: usize = 64;
/// What they are called.
const OTHERS: &str = "other files";

/// The scans of all samples.
#[derive(Debug, Default)]
pub(super) struct Scans {
    tally: Tally<Process>,
    classes: HashSet<Rc<str>>,
    /// Sockets, counted only where the tables tell what they are: they are not 0 without.
    sockets: Tally<Process>,
    /// Classes of each process so far.
    n_classes: HashMap<Process, HashSet<Rc<str>>>,
    /// What is no file, of all processes, by the sample.
    no_files: Vec<(usize, NoFiles)>,
}

/// Descriptors that are neither files nor sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NoFiles {
    /// Ends of pipes.
    pub(super) pipe_ends: u64,
    /// Those that have no inode of their own.
    pub(super) anonymous: u64,
}

/// What a socket is: its kind or state, and the bytes in its queues.
#[derive(Clone)]
struct Socket {
    is: Rc<str>,
    queued: u64,
}

/// What one process has open in one sample. It is summed up here, so that the numbers of the whole
/// capture are looked up once for each class and not for each descriptor.
#[derive(Default)]
struct Open {
    /// Few enough to be searched one by one: those of [`MAX_CLASSES`], and the others.
    classes: Vec<(Rc<str>, Class)>,
    /// Sockets by what they are; `None`: in no table, as those of netlink are.
    sockets: HashMap<Option<Rc<str>>, u64>,
    queued: Option<u64>,
    /// The deleted files so far, by a hash of what tells them apart.
    deleted: HashSet<u64>,
    hashes: RandomState,
    /// The class of the descriptor that is looked at; it is here to be used again.
    text: String,
}

/// The descriptors of one class.
#[derive(Default)]
struct Class {
    n: u64,
    /// Those of a deleted file that another one is of.
    n_repeated: u64,
    /// Hashes of the paths of files that have one.
    paths: Vec<u64>,
    /// Space of deleted files.
    deleted_bytes: Option<u64>,
}

impl Class {
    /// Those of a file that another one is of.
    fn n_repeated(&mut self) -> u64 {
        let n_paths = self.paths.len();
        self.paths.sort_unstable();
        self.paths.dedup();
        self.n_repeated + (n_paths - self.paths.len()) as u64
    }
}

impl Scans {
    pub(super) fn take(
        &mut self,
        observed: &mut Observed,
        sample: usize,
        texts: &Texts<'_>,
        own: &Own,
    ) {
        let Some(descriptors) = texts.descriptors else { return };
        let has_tables = texts.unix.is_some() && !texts.tcp.is_empty();
        let sockets = has_tables.then(|| sockets(texts));
        let mut open = Open::default();
        let mut no_files = NoFiles::default();
        for (holder, rows) in descriptors.by_holder().filter(|(it, _)| !own.has(it.pid)) {
            let process = process(holder.pid, holder.start_ticks);
            name(observed, &process, &holder.command);
            let classes = self.n_classes.entry(process.clone()).or_default();
            for row in rows {
                match (row.socket_inode(), &sockets) {
                    (Some(inode), Some(sockets)) => open.take_socket(sockets.get(&inode)),
                    (Some(_), None) => {}
                    (None, _) => open.take_file(row, &mut self.classes, classes),
                }
            }
            for (class, it) in &open.classes {
                no_files.pipe_ends += if &**class == "pipe:" { it.n } else { 0 };
                no_files.anonymous += if class.starts_with("anon_inode:") { it.n } else { 0 };
            }
            self.count(&process, sample, rows.len(), has_tables, &mut open);
        }
        self.no_files.push((sample, no_files));
    }

    /// Adds what one process has open in one sample, and empties it.
    fn count(
        &mut self,
        holder: &Process,
        sample: usize,
        n_rows: usize,
        has_tables: bool,
        open: &mut Open,
    ) {
        let counts = self.tally.look(holder, sample);
        let mut add = |key, amount: u64| counts.add(key, sample, amount as f64);
        add(Key::Of(holder.clone(), ProcessFigure::Descriptors), n_rows as u64);
        for (class, mut it) in open.classes.drain(..) {
            if let Some(bytes) = it.deleted_bytes {
                add(Key::DeletedBytes(holder.clone(), Rc::clone(&class)), bytes);
            }
            let n_repeated = it.n_repeated();
            if n_repeated > 0 {
                add(Key::Repeated(holder.clone(), Rc::clone(&class)), n_repeated);
            }
            add(Key::Descriptors(holder.clone(), class), it.n);
        }
        open.deleted.clear();
        if !has_tables {
            return;
        }
        let counts = self.sockets.look(holder, sample);
        let mut add = |key, amount: u64| counts.add(key, sample, amount as f64);
        for (is, n) in open.sockets.drain() {
            add(
                match is {
                    Some(is) => Key::Connections(holder.clone(), is),
                    None => Key::Descriptors(holder.clone(), "socket:".into()),
                },
                n,
            );
        }
        if let Some(queued) = open.queued.take() {
            add(Key::Of(holder.clone(), ProcessFigure::QueuedBytes), queued);
        }
    }

    /// What is no file, in the samples that list what is open.
    pub(super) fn no_files(&self) -> &[(usize, NoFiles)] {
        &self.no_files
    }

    pub(super) fn finish(self, observed: &mut Observed) {
        self.tally.finish(observed);
        self.sockets.finish(observed);
    }
}

impl Open {
    fn take_socket(&mut self, socket: Option<&Socket>) {
        match self.sockets.get_mut(&socket.map(|it| Rc::clone(&it.is))) {
            Some(n) => *n += 1,
            None => {
                self.sockets.insert(socket.map(|it| Rc::clone(&it.is)), 1);
            }
        }
        if let Some(socket) = socket {
            self.queued = Some(self.queued.unwrap_or(0).saturating_add(socket.queued));
        }
    }

    /// Takes a descriptor that is no socket. `all` are the classes of all processes, and `own`
    /// those of this one, as far as they were seen.
    fn take_file(
        &mut self,
        row: &Descriptor<'_>,
        all: &mut HashSet<Rc<str>>,
        own: &mut HashSet<Rc<str>>,
    ) {
        let Some(link) = row.link() else { return };
        self.text.clear();
        class(&mut self.text, &link);
        let at = self.place(all, own);
        let class = &mut self.classes[at].1;
        class.n += 1;
        // A file that was deleted is told by its inode, for the next one of its name is another.
        // Where that is not known, each descriptor counts as one of a file of its own. What has no
        // path is no file.
        if let Some(deleted) = &row.deleted {
            let hash = self.hashes.hash_one((deleted.device, deleted.inode));
            // A file that is open twice takes its space once.
            let is_new = self.deleted.insert(hash);
            let bytes = if is_new { deleted.blocks.saturating_mul(512) } else { 0 };
            class.n_repeated += u64::from(!is_new);
            let sum = class.deleted_bytes.unwrap_or(0);
            class.deleted_bytes = Some(sum.saturating_add(bytes));
        } else if link.starts_with('/') && !link.ends_with(" (deleted)") {
            class.paths.push(self.hashes.hash_one(&*link));
        }
    }

    /// Where the class that `text` names stands among those of this process in this sample. A
    /// process that has had as many as there may be gets no new ones.
    fn place(&mut self, all: &mut HashSet<Rc<str>>, own: &mut HashSet<Rc<str>>) -> usize {
        let find = |classes: &[(Rc<str>, Class)], text: &str| {
            classes.iter().position(|(class, _)| &**class == text)
        };
        if let Some(at) = find(&self.classes, &self.text) {
            return at;
        }
        if !own.contains(&*self.text) {
            if own.len() < MAX_CLASSES {
                own.insert(shared(all, &self.text));
            } else if let Some(at) = find(&self.classes, OTHERS) {
                return at;
            } else {
                self.text.clear();
                self.text.push_str(OTHERS);
            }
        }
        self.classes.push((shared(all, &self.text), Class::default()));
        self.classes.len() - 1
    }
}

/// The same text for the same class.
fn shared(all: &mut HashSet<Rc<str>>, text: &str) -> Rc<str> {
    if let Some(known) = all.get(text) {
        return Rc::clone(known);
    }
    let new: Rc<str> = text.into();
    all.insert(Rc::clone(&new));
    new
}

/// The sockets of all tables by inode. 0 is the inode of those that no descriptor holds.
fn sockets(texts: &Texts<'_>) -> HashMap<u64, Socket> {
    let mut sockets = HashMap::new();
    let mut states: HashMap<&str, Rc<str>> = HashMap::new();
    for it in texts.tcp.iter().copied().flatten() {
        let state = it.state.name();
        let is = states.entry(state).or_insert_with(|| format!("TCP {state}").into());
        let queued = it.send_queue.saturating_add(it.receive_queue);
        sockets.insert(it.inode, Socket { is: Rc::clone(is), queued });
    }
    let udp: Rc<str> = "UDP".into();
    for it in texts.udp.iter().copied().flatten() {
        let queued = it.send_queue.saturating_add(it.receive_queue);
        sockets.insert(it.inode, Socket { is: Rc::clone(&udp), queued });
    }
    let unix: Rc<str> = "unix sockets".into();
    for it in texts.unix.unwrap_or_default() {
        sockets.insert(it.inode, Socket { is: Rc::clone(&unix), queued: 0 });
    }
    let packet: Rc<str> = "packet sockets".into();
    for it in texts.packet.unwrap_or_default() {
        sockets.insert(it.inode, Socket { is: Rc::clone(&packet), queued: it.receive_memory });
    }
    sockets.remove(&0);
    sockets
}
