//! A place for one test: a directory with a manifest, in which `collector run` is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Missing;
use super::bundle::{Bundle, check_bundle};
use super::c_plugin::{c_plugin, c_plugins};
use super::libraries::plugins;
use super::processes::workers_of;
use super::run::{LIMIT, Running, Said, command, run, start, wait_until};

/// The place. Dropping it removes everything in it.
#[derive(Debug)]
pub(crate) struct Scene {
    dir: tempfile::TempDir,
}

/// What a run of `collector run` in a [`Scene`] said, and its bundle.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) said: Said,
    pub(crate) bundle: Bundle,
}

impl Scene {
    /// With the manifest `m.yaml`: `rest` below a version, an output directory and the directory
    /// of the official plugins. In `rest`, `[name.c]` stands for the library of
    /// `tests/misbehaving/name.c`. See [`Scene::with_output`] for limits of the output.
    ///
    /// # Errors
    ///
    /// [`Missing`] on a machine that cannot compile these.
    pub(crate) fn new(rest: &str) -> Result<Self, Missing> {
        Self::with_output("min_free: 0", rest)
    }

    /// As [`Scene::new`], with these `limits` of `output`, such as `min_free: 0`.
    pub(crate) fn with_output(limits: &str, rest: &str) -> Result<Self, Missing> {
        let mut text = format!(
            "version: 1\noutput: {{ directory: out, {limits} }}\nplugin_directories: [{}]\n",
            plugins().display()
        );
        for (at, part) in rest.split('[').enumerate() {
            match part.split_once(".c]") {
                Some((name, after)) if at > 0 => {
                    text.push_str(&c_plugin(name)?.display().to_string());
                    text.push_str(after);
                }
                _ if at > 0 => text.push_str(&format!("[{part}")),
                _ => text.push_str(part),
            }
        }
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::write(dir.path().join("m.yaml"), text).expect("write the manifest");
        Ok(Scene { dir })
    }

    /// Its directory.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The command `collector run OPTIONS m.yaml`.
    pub(crate) fn command(&self, options: &[&str]) -> Command {
        let arguments: Vec<&str> =
            ["run"].into_iter().chain(options.iter().copied()).chain(["m.yaml"]).collect();
        command(self.path(), &arguments)
    }

    /// Starts `collector run OPTIONS m.yaml` with no signal ignored, whatever the tests run under:
    /// the program leaves a signal ignored that was so at its start.
    pub(crate) fn start(&self, options: &[&str]) -> Running {
        let inner = self.command(options);
        let mut command = Command::new("env");
        command.arg("--default-signal=HUP,INT,TERM").arg(inner.get_program());
        command.args(inner.get_args()).current_dir(self.path());
        start(command)
    }

    /// Runs `collector run OPTIONS m.yaml` to its end, and checks the bundle it must leave.
    pub(crate) fn capture(&self, options: &[&str]) -> Captured {
        self.captured(run(self.command(options), LIMIT))
    }

    /// The bundle that a run in this place has left, checked, with what the run said.
    pub(crate) fn captured(&self, said: Said) -> Captured {
        let no_workers = || workers_of(said.pid).is_empty();
        wait_until("the end of everything the run had started", no_workers);
        let path = said.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no path: {said}"));
        let bundle = check_bundle(&self.path().join(path));
        assert_eq!(self.output().len(), 1, "nothing but the bundle is left");
        Captured { said, bundle }
    }

    /// The files in the output directory; none when it is missing.
    pub(crate) fn output(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path().join("out")).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

impl Captured {
    /// All that came out of the run, by its place: what it said, and each file of the bundle.
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let said = [("stdout", &self.said.stdout), ("stderr", &self.said.stderr)];
        let said = said.map(|(name, text)| (name.to_owned(), text.clone()));
        let files = self.bundle.names.iter().map(|name| {
            let bytes = fs::read(self.bundle.path(name)).expect("a file of the bundle");
            (name.clone(), String::from_utf8_lossy(&bytes).into_owned())
        });
        said.into_iter().chain(files).collect()
    }

    /// A collector's rows, one sample after another: outcome, files, and the reason and problems
    /// where there are any. Equal rows in a row are counted. `[PLUGINS]` stands for the directory
    /// of the libraries in C.
    pub(crate) fn rows(&self, collector: &str) -> String {
        let samples = (0..self.bundle.samples.len()).filter(|at| {
            let rows = self.bundle.samples[*at]["rows"].as_array().expect("a list");
            rows.iter().any(|row| row["collector"] == collector)
        });
        let rows: Vec<String> = samples.map(|at| self.row(at, collector)).collect();
        let equal = rows.chunk_by(|one, next| one == next);
        let text: String = equal.map(|rows| format!("{} x {}", rows.len(), rows[0])).collect();
        text.replace(&c_plugins().display().to_string(), "[PLUGINS]")
    }

    fn row(&self, sample: usize, collector: &str) -> String {
        let row = self.bundle.row(sample, collector);
        let mut text = row["outcome"].as_str().expect("a word").to_owned();
        for file in row["files"].as_array().into_iter().flatten() {
            let name = file["name"].as_str().expect("a name");
            let name = name.strip_prefix(&format!("{collector}/")).expect("in its directory");
            let cut = if file["cut"] == true { ", cut" } else { "" };
            text.push_str(&format!(" [{name}, {} bytes{cut}]", file["bytes"]));
        }
        text.push('\n');
        if let Some(reason) = row["reason"].as_str() {
            text.push_str(&format!("  reason: {reason}\n"));
        }
        for problem in row["problems"].as_array().into_iter().flatten() {
            let [outcome, message] =
                ["outcome", "message"].map(|key| problem[key].as_str().expect("a text"));
            text.push_str(&format!("  {outcome}: {message}\n"));
        }
        text
    }
}
