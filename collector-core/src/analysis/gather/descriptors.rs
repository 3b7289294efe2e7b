//! What each process has open, by class; its sockets by what they are, found by their inodes in
//! the tables of the network.

use std::collections::{HashMap, HashSet};
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

/// The scans of all samples.
#[derive(Debug, Default)]
pub(super) struct Scans {
    tally: Tally<Process>,
    classes: HashMap<Box<str>, Rc<str>>,
    /// Sockets, counted only where the tables tell what they are: they are not 0 without.
    sockets: Tally<Process>,
    /// Classes of each process so far.
    n_classes: HashMap<Process, HashSet<Rc<str>>>,
}

/// What a socket is: its kind or state, and the bytes in its queues.
#[derive(Clone)]
struct Socket {
    is: Rc<str>,
    queued: u64,
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
        for (holder, rows) in descriptors.by_holder().filter(|(it, _)| !own.has(it.pid)) {
            let holder_process = process(holder.pid, holder.start_ticks);
            name(observed, &holder_process, &holder.command);
            self.tally.look(&holder_process, sample);
            if has_tables {
                self.sockets.look(&holder_process, sample);
            }
            let all = Key::Of(holder_process.clone(), ProcessFigure::Descriptors);
            self.tally.add(&holder_process, all, sample, rows.len() as f64);
            let mut files = HashSet::new();
            for row in rows {
                self.take_row(&holder_process, row, sample, sockets.as_ref(), &mut files);
            }
        }
    }

    fn take_row(
        &mut self,
        holder: &Process,
        row: &Descriptor<'_>,
        sample: usize,
        sockets: Option<&HashMap<u64, Socket>>,
        files: &mut HashSet<(String, u64)>,
    ) {
        if let Some(inode) = row.socket_inode() {
            if let Some(sockets) = sockets {
                self.take_socket(holder, sample, sockets.get(&inode));
            }
            return;
        }
        let Some(link) = row.link() else { return };
        let class = self.class(holder, &link);
        // A file that is open twice takes its space once.
        if let Some(deleted) = &row.deleted
            && files.insert((deleted.device.to_owned(), deleted.inode))
        {
            let key = Key::DeletedBytes(holder.clone(), Rc::clone(&class));
            let bytes = deleted.blocks.saturating_mul(512);
            self.tally.add(holder, key, sample, bytes as f64);
        }
        self.tally.add(holder, Key::Descriptors(holder.clone(), class), sample, 1.0);
    }

    /// `None`: it is in no table, as those of netlink are.
    fn take_socket(&mut self, holder: &Process, sample: usize, socket: Option<&Socket>) {
        let key = match socket {
            Some(socket) => Key::Connections(holder.clone(), Rc::clone(&socket.is)),
            None => Key::Descriptors(holder.clone(), "socket:".into()),
        };
        self.sockets.add(holder, key, sample, 1.0);
        if let Some(socket) = socket {
            let queued = Key::Of(holder.clone(), ProcessFigure::QueuedBytes);
            self.sockets.add(holder, queued, sample, socket.queued as f64);
        }
    }

    /// The class of a link, the same text for the same class. A process that has had as many as
    /// there may be gets no new ones.
    fn class(&mut self, holder: &Process, link: &str) -> Rc<str> {
        let class = class(link);
        let own = self.n_classes.entry(holder.clone()).or_default();
        if own.contains(&class) {
            return self.classes.get(&*class).map_or(class, Rc::clone);
        }
        if own.len() >= MAX_CLASSES {
            return "other files".into();
        }
        let class = match self.classes.get(&*class) {
            Some(known) => Rc::clone(known),
            None => {
                self.classes.insert((&*class).into(), Rc::clone(&class));
                class
            }
        };
        own.insert(Rc::clone(&class));
        class
    }

    pub(super) fn finish(self, observed: &mut Observed) {
        self.tally.finish(observed);
        self.sockets.finish(observed);
    }
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
