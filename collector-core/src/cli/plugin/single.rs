//! One plugin, planned as a manifest that has nothing else would be: for `plugin run` and `check`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Search;
use crate::cli::exit::{Exit, Failure};
use crate::manifest::{KeyPath, Limits, Manifest, Secrets};
use crate::plan::host::check_proc;
use crate::plan::shown::{Shown, plain};
use crate::plan::{Machine, Plan, PlannedCollector, PluginFile};
use crate::run::{AloneSetup, Disk, Spool, WorkerEnd};
use crate::units::Bytes;

/// What is said to somebody who has given no configuration where one is needed.
const NO_CONFIG: &str = "(hint: write that to a YAML file and give it with --config FILE; \
                         `collector plugin describe` shows all options)";

/// A collector whose plugin was not refused.
pub(super) struct Single {
    collector: PlannedCollector,
    library: PluginFile,
    secrets: Secrets,
    page_size: u64,
    spool: Spool,
}

impl Single {
    /// Plans the plugin of the library at `path`, which has a `/`, with the configuration in `config`.
    pub(super) fn plan(path: &str, config: Option<&Path>, limits: Limits) -> Result<Self, Failure> {
        let environment = |name: &str| std::env::var(name).ok();
        let refused = |text: String| Failure::new(Exit::Refused, without_list(&text));
        let manifest = Manifest::of_plugin(path, config, limits, &environment)
            .map_err(|error| refused(error.to_string()))?;
        let machine = Machine::here();
        let at_config = KeyPath::config(0).to_string();
        let plan = Plan::make(&manifest, &machine);
        let Some(collector) = plan.collectors.into_iter().next() else {
            return Err(Failure::new(Exit::Internal, "a plan without its collector"));
        };
        match collector.library.clone() {
            Ok(library) => Self::new(collector, library, plan.secrets, &machine),
            Err(reason) => Err(match config.filter(|_| is_manifest(&manifest)) {
                Some(config) => Failure::new(Exit::Refused, NotConfig { path: config.to_owned() }),
                // A fault of the configuration stands at its place, and nobody has given one.
                None if config.is_none() && reason.message.starts_with(&at_config) => {
                    refused(format!("{}\n{NO_CONFIG}", reason.message))
                }
                None => refused(reason.message),
            }),
        }
    }

    /// The plugin `library` with a configuration that nobody has checked.
    pub(super) fn unchecked(
        library: PluginFile,
        config_json: String,
        limits: Limits,
    ) -> Result<Self, Failure> {
        let about = &library.description;
        let collector = PlannedCollector {
            name: about.name.clone(),
            plugin: about.name.clone(),
            order: about.order,
            every: None,
            limits,
            config_json,
            pinned: false,
            library: Ok(library.clone()),
            needs: Vec::new(),
        };
        Self::new(collector, library, Secrets::default(), &Machine::here())
    }

    fn new(
        collector: PlannedCollector,
        library: PluginFile,
        secrets: Secrets,
        machine: &Machine,
    ) -> Result<Self, Failure> {
        check_proc().map_err(|error| Failure::new(Exit::Internal, error))?;
        // Large artifacts are held there, in files without a name.
        let place = std::env::temp_dir();
        let directory = File::open(&place).map_err(|error| {
            let what = format!("cannot open {} (hint: set TMPDIR): {error}", place.display());
            Failure::new(Exit::Internal, what)
        })?;
        let spool = Spool::new(Disk::new(directory, Bytes(0)));
        Ok(Single { collector, library, secrets, page_size: machine.host.page_size, spool })
    }

    /// The collector.
    pub(super) fn collector(&self) -> &PlannedCollector {
        &self.collector
    }

    /// What its worker needs.
    pub(super) fn setup(&self, debugger: bool) -> AloneSetup<'_> {
        AloneSetup {
            collector: &self.collector,
            library: &self.library,
            page_size: self.page_size,
            spool: &self.spool,
            secrets: &self.secrets,
            debugger,
            trial: None,
        }
    }
}

/// The path of the plugin that its author names: a file here, or else by its name one of those that
/// `plugin list` shows. With a `/`, so that it is not taken for a name again.
pub(super) fn as_path(asked: &Path, search: &Search) -> Result<String, Failure> {
    let not_utf8 = |_| Failure::new(Exit::Usage, "the path of the plugin is not UTF-8; rename it");
    let utf8 = |path: PathBuf| path.into_os_string().into_string().map_err(not_utf8);
    let is_name = asked.file_name() == Some(asked.as_os_str()) && asked.extension().is_none();
    if !is_name || asked.is_file() {
        // One that is not there is told as a file that is not.
        let path = utf8(asked.to_owned())?;
        return Ok(if path.contains('/') { path } else { format!("./{path}") });
    }
    let name = utf8(asked.to_owned())?;
    let found = search.places().locate(&name).map_err(|mut error| {
        error.searched.push(format!("and no file {} here", plain(&name)));
        Failure::new(Exit::Refused, error.for_command())
    })?;
    utf8(found)
}

/// A manifest where the configuration of one plugin was asked for.
#[derive(Debug, thiserror::Error)]
#[error(
    "{}: this is a manifest; --config takes what stands under `config` of one collector, without \
     that word; `collector run` takes the manifest",
    Shown(path)
)]
struct NotConfig {
    path: PathBuf,
}

/// Whether what was given as the configuration, and does not fit, looks like a manifest.
fn is_manifest(given: &Manifest) -> bool {
    let collectors =
        given.collectors.first().and_then(|it| it.config.get("collectors")?.as_array());
    collectors.is_some_and(|all| all.iter().any(|it| it.get("plugin").is_some()))
}

/// A message without the place in a list of collectors: there is one, and no list.
fn without_list(message: &str) -> String {
    message.replace("collectors[0].plugin: ", "").replace("collectors[0].config", "config")
}

/// What is said of the end of a worker, and what to do; `None` where it is well.
pub(super) fn told_of_destroy(end: &WorkerEnd) -> Option<String> {
    const ADVICE: &str = "let it free memory, and wait for nothing";
    let ms = |time: &Duration| time.as_millis();
    match end {
        WorkerEnd::Well => None,
        WorkerEnd::Slow { took, has } => Some(format!(
            "took {} ms, and in a capture the worker is killed after {} ms; {ADVICE}",
            ms(took),
            ms(has)
        )),
        WorkerEnd::Hung { after } => Some(format!(
            "had not returned after {} ms, and the worker was killed; {ADVICE}",
            ms(after)
        )),
        WorkerEnd::Badly { how } => {
            Some(format!("the worker {how}; look at what it frees, and at threads that still run"))
        }
    }
}
