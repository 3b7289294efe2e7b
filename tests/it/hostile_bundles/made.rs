//! Bundles as somebody makes them who wishes the reader ill: a tar stream written header by header,
//! which the writer of the product could not be made to write.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

/// The root directory of all that is made here.
pub(super) const ROOT: &str = "web1-20261123T024512Z";
/// The directory of the one sample.
pub(super) const SAMPLE: &str = "samples/20261123T024512.123Z";

/// A bundle that is being made. It is written as it comes: a million entries are not kept.
pub(super) struct Made {
    stream: zstd::Encoder<'static, File>,
    sums: String,
}

impl Made {
    /// A stream without any entry.
    pub(super) fn empty(path: &Path) -> Self {
        let file = File::create(path).expect("create a bundle");
        let mut stream = zstd::Encoder::new(file, 1).expect("an encoder");
        // The largest that is taken, for the most memory.
        stream.window_log(24).expect("a window");
        Made { stream, sums: String::new() }
    }

    /// With `capture.json`, changed by `change`.
    pub(super) fn with(path: &Path, change: impl Fn(&mut Value)) -> Self {
        let mut capture = capture();
        change(&mut capture);
        Made::empty(path).file("capture.json", capture.to_string().as_bytes())
    }

    /// With a good `capture.json`.
    pub(super) fn new(path: &Path) -> Self {
        Made::with(path, |_| {})
    }

    /// Bytes as they are.
    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.stream.write_all(bytes).expect("written");
        self
    }

    /// Where more of the stream is written.
    pub(super) fn stream(&mut self) -> &mut impl Write {
        &mut self.stream
    }

    /// The content of an entry, and what fills its last block.
    fn content(self, content: &[u8]) -> Self {
        let fill = content.len().next_multiple_of(512) - content.len();
        self.raw(content).raw(&[0; 512][..fill])
    }

    /// An entry with a name of up to 100 bytes as it is, NUL and all.
    pub(super) fn entry(self, name: &[u8], kind: u8, size: u64, content: &[u8]) -> Self {
        self.raw(header(name, kind, size).as_bytes()).content(content)
    }

    /// The same with the root before its name.
    pub(super) fn rooted(self, name: &str, kind: u8, content: &[u8]) -> Self {
        self.entry(format!("{ROOT}/{name}").as_bytes(), kind, content.len() as u64, content)
    }

    /// An entry that gives its name in an entry of its own, as GNU tar writes one.
    pub(super) fn long_named(self, name: &[u8], content: &[u8]) -> Self {
        self.entry(b"././@LongLink", b'L', name.len() as u64, name).entry(
            b"short",
            b'0',
            content.len() as u64,
            content,
        )
    }

    /// A good file, which `SHA256SUMS` will list.
    pub(super) fn file(mut self, name: &str, content: &[u8]) -> Self {
        self.sums.push_str(&format!("{}  {name}\n", hash(content)));
        self.rooted(name, b'0', content)
    }

    /// A link to `to`.
    pub(super) fn link(self, name: &str, kind: u8, to: &str) -> Self {
        let mut header = header(format!("{ROOT}/{name}").as_bytes(), kind, 0);
        header.as_old_mut().linkname[..to.len()].copy_from_slice(to.as_bytes());
        header.set_cksum();
        self.raw(header.as_bytes())
    }

    /// A PAX header of these records for the entry after it, or for all with kind `g`.
    pub(super) fn pax(self, kind: u8, records: &[(&str, &str)]) -> Self {
        let records = records.iter().map(|(key, value)| {
            // The number counts itself; all of these have two digits.
            format!("{} {key}={value}\n", key.len() + value.len() + 5)
        });
        let text: String = records.collect();
        self.entry(b"./PaxHeaders/x", kind, text.len() as u64, text.as_bytes())
    }

    /// The sample, changed by `change`: one file and its `sample.json`.
    pub(super) fn sample_with(self, change: impl Fn(&mut Value)) -> Self {
        let content = b"MemTotal: 8 kB\n";
        let file = json!({
            "name": "meminfo/meminfo", "media_type": "text/plain",
            "bytes": content.len(), "sha256": hash(content),
        });
        let row = json!({ "collector": "meminfo", "outcome": "ok", "files": [file] });
        let mut sample = json!({
            "index": 0, "time": "2026-11-23T02:45:12.123Z", "monotonic_ms": 0,
            "duration_ms": 5, "rows": [row],
        });
        change(&mut sample);
        self.file(&format!("{SAMPLE}/meminfo/meminfo"), content)
            .file(&format!("{SAMPLE}/sample.json"), sample.to_string().as_bytes())
    }

    /// The good sample.
    pub(super) fn sample(self) -> Self {
        self.sample_with(|_| {})
    }

    /// Index and sums, with `detail` in the index.
    pub(super) fn index(self, detail: &str) -> Self {
        let index = json!({
            "reason": "finished", "detail": detail, "ended": "2026-11-23T02:45:13.000Z",
            "duration_ms": 1000, "samples": 1, "totals": { "ok": 1 }, "files": [],
        });
        let made = self.file("index.json", index.to_string().as_bytes());
        let sums = made.sums.clone();
        made.rooted("SHA256SUMS", b'0', sums.as_bytes())
    }

    /// The end of the tar stream, and of zstd's.
    pub(super) fn end(self) {
        self.raw(&[0; 1024]).stream.finish().expect("finished");
    }

    /// All that a bundle has after its first entry.
    pub(super) fn rest(self) {
        self.sample().index("done").end();
    }
}

fn header(name: &[u8], kind: u8, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_size(size);
    header.set_mode(0o6777);
    header.set_mtime(1_795_401_912);
    header.set_entry_type(EntryType::new(kind));
    header.set_cksum();
    header
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|it| format!("{it:02x}")).collect()
}

fn capture() -> Value {
    json!({
        "layout": { "major": 1, "minor": 0 },
        "bundle_id": "0123456789abcdef0123456789abcdef",
        "tool": { "name": "collector", "version": "0.1.0" },
        "command_line": ["collector", "run"],
        "started": "2026-11-23T02:45:12.000Z",
        "schedule": {},
        "host": {
            "hostname": "web1", "kernel_release": "6.1.0", "kernel_version": "#1",
            "architecture": "x86_64", "page_size": 4096, "ticks_per_second": 100, "cpus": 2,
            "utc_offset_seconds": 0, "uid": 0,
        },
        "plan": [{
            "collector": "meminfo", "plugin": "meminfo",
            "limits": { "timeout_ms": 1000, "max_bytes": 1000, "max_memory_bytes": 1000 },
        }],
    })
}
