//! A manifest of hostile files, made one by one, between two good collectors.

use std::env::consts::ARCH;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use collector_core::plan::inspect;

use crate::support::{Missing, Scene, c_plugin};

/// The place, and what its manifest has.
pub(super) struct Hostile {
    pub(super) scene: Scene,
    /// The bytes of the good library.
    pub(super) good: Vec<u8>,
    names: Vec<String>,
}

impl Hostile {
    pub(super) fn new() -> Result<Self, Missing> {
        let scene = Scene::new("collectors:\n  - { plugin: '[good.c]', name: before }\n")?;
        let good = fs::read(c_plugin("good")?).expect("read the library");
        Ok(Hostile { scene, good, names: Vec::new() })
    }

    /// Adds a collector of the plugin at `path`, and whatever else the manifest says of it.
    pub(super) fn add(&mut self, name: &str, path: impl AsRef<Path>, rest: &str) {
        self.write(name, path.as_ref(), rest);
        self.names.push(name.to_owned());
    }

    fn write(&self, name: &str, path: &Path, rest: &str) {
        let manifest = self.at("m.yaml");
        let mut text = fs::read_to_string(&manifest).expect("read the manifest");
        let path = path.display();
        writeln!(text, "  - {{ plugin: {path}, name: {name}{rest} }}").expect("a text");
        fs::write(&manifest, text).expect("write the manifest");
    }

    /// Adds a collector of a plugin file with these bytes, and gives the path of the file.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, bytes).expect("write a file");
        self.add(name, format!("./{name}"), "");
        path
    }

    /// The good library with the byte at an offset changed.
    pub(super) fn patched(&mut self, name: &str, offset: usize, byte: u8) {
        let mut bytes = self.good.clone();
        bytes[offset] = byte;
        self.file(name, &bytes);
    }

    /// The good library with texts replaced by others of the same length, wherever they are.
    pub(super) fn replaced(&mut self, name: &str, replacements: &[(&str, &str)]) {
        let mut bytes = self.good.clone();
        for (old, new) in replacements {
            assert_eq!(old.len(), new.len());
            let windows = bytes.windows(old.len()).enumerate();
            let places: Vec<usize> =
                windows.filter(|(_, it)| *it == old.as_bytes()).map(|(at, _)| at).collect();
            assert!(!places.is_empty(), "{old} is in the library");
            for at in places {
                bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
            }
        }
        self.file(name, &bytes);
    }

    /// A path in this place.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.scene.path().join(name)
    }

    /// Captures one sample, in which the good collectors must be complete, and gives the reasons of
    /// the others, which must be refused.
    pub(super) fn captured(&self) -> String {
        self.write("after", &c_plugin("good").expect("it has been compiled"), "");
        let captured = self.scene.capture(&[]);
        assert_eq!(captured.said.exit, 4, "{}", captured.said);
        for good in ["before", "after"] {
            assert_eq!(captured.bundle.outcomes(good), ["ok"]);
            assert_eq!(captured.bundle.file(0, &format!("{good}/count")), b"sample 1\n");
        }
        self.reasons(|name| {
            let row = captured.bundle.row(0, name);
            assert_eq!(row["outcome"], "refused", "{row:#}");
            row["reason"].as_str().expect("a reason").to_owned()
        })
    }

    /// The reason of each, without its line in the manifest and what differs between machines.
    pub(super) fn reasons(&self, reason_of: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        for name in &self.names {
            let reason = reason_of(name);
            let (place, reason) = reason.split_once(": collectors[").expect("a place");
            assert!(place.starts_with("m.yaml:"), "{place}");
            let (_, reason) = reason.split_once("].").expect("a closed bracket");
            let reason = without_versions(reason);
            writeln!(text, "{name}: {reason}").expect("a text");
        }
        let library = c_plugin("good").expect("it has been compiled");
        let sum = inspect(&library, None).expect("a plugin").sha256;
        let whole = self.good.len();
        let real = self.scene.path().canonicalize().expect("the scene");
        text.replace(&library.parent().expect("a directory").display().to_string(), "[PLUGINS]")
            .replace(&real.display().to_string(), "[DIR]")
            .replace(&sum, "[SHA256]")
            .replace(&"0".repeat(64), "[ZEROS]")
            .replace(&format!("is {} bytes", whole - 1), "is [WHOLE - 1] bytes")
            .replace(&format!("need {whole}:"), "need [WHOLE]:")
            .replace(&format!("this machine is {ARCH}"), "this machine is [OURS]")
            .replace(&format!("build for {ARCH}"), "build for [OURS]")
    }
}

/// The version that is needed differs between architectures, the one that is there between machines.
fn without_versions(reason: &str) -> String {
    match (reason.split_once("needs glibc 9."), reason.split_once("; rebuild it")) {
        (Some((before, _)), Some((_, after))) => {
            format!("{before}needs glibc [LATER], this machine has [OURS]; rebuild it{after}")
        }
        _ => reason.to_owned(),
    }
}
