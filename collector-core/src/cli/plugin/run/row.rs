//! A sample as lines for its plugin's author, and its artifacts as text and as files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::cli::plugin::list::aligned;
use crate::plan::shown::{Shown, plain};
use crate::run::{Artifact, Delivery};
use crate::units::{Bytes, format_duration};

/// Most bytes of an artifact that are printed.
const SHOWN_BYTES: u64 = 64 * 1024;

/// The sample's outcome and cost, then what was delivered, what was not, the log, and what the
/// plugin printed.
pub(super) fn lines(number: u64, delivery: &Delivery) -> Vec<String> {
    let reason = delivery.reason.as_ref().map_or(String::new(), |it| format!(": {}", plain(it)));
    let mut lines = vec![format!("sample {number}: {}{reason}", delivery.outcome)];
    lines.push(format!("  took      {}", cost(delivery)));
    let artifacts: Vec<[String; 3]> = delivery.artifacts.iter().map(artifact).collect();
    lines.extend(aligned(&artifacts).iter().map(|line| format!("  artifact  {line}")));
    for problem in &delivery.problems {
        lines.push(format!("  problem   {}: {}", problem.outcome, plain(&problem.message)));
    }
    for line in &delivery.log {
        lines.push(format!("  log       {}: {}", line.level, plain(&line.message)));
    }
    let printed = delivery.stderr.as_deref().unwrap_or_default();
    lines.extend(printed.lines().map(|line| format!("  printed   {}", plain(line))));
    lines
}

fn cost(delivery: &Delivery) -> String {
    let cost = delivery.cost;
    let mut parts = vec![format_duration(cost.wall)];
    parts.extend(cost.cpu.map(|cpu| format!("{} of processor time", format_duration(cpu))));
    parts.extend(cost.max_rss.map(|bytes| format!("{bytes} of memory at most")));
    parts.join(", ")
}

fn artifact(artifact: &Artifact) -> [String; 3] {
    let cut = if artifact.cut { ", cut" } else { "" };
    let size = format!("{}{cut}", Bytes(artifact.content.n_bytes()));
    [artifact.name.clone(), size, plain(&artifact.media_type)]
}

/// The artifact under its name, when it is text. Control characters become U+FFFD: they would act
/// on a terminal.
pub(super) fn content(artifact: &mut Artifact) -> String {
    let head = format!("--- {}\n", artifact.name);
    let n_bytes = artifact.content.n_bytes();
    let mut start = Vec::new();
    let read = artifact
        .content
        .reader()
        .and_then(|reader| reader.take(SHOWN_BYTES).read_to_end(&mut start));
    if let Err(error) = read {
        return format!("{head}(what was held of it cannot be read: {error})\n");
    }
    let is_whole = n_bytes <= SHOWN_BYTES;
    let text = match std::str::from_utf8(&start) {
        Ok(text) => text,
        // A character that the limit has cut.
        Err(error) if !is_whole && error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => {
            let size = Bytes(n_bytes);
            return format!("{head}({size} that are no text; --output DIR writes them there)\n");
        }
    };
    let shown = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    let mut text: String = text.chars().map(shown).collect();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let rest = if is_whole {
        String::new()
    } else {
        format!("({} more; --output DIR writes all)\n", Bytes(n_bytes - SHOWN_BYTES))
    };
    format!("{head}{text}{rest}")
}

/// Writes the artifact below `directory`; its name is checked, and leads nowhere else.
pub(super) fn save(artifact: &mut Artifact, directory: &Path) -> Result<(), String> {
    let path = directory.join(&artifact.name);
    let mut write = || -> io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(directory))?;
        let mut file = File::create(&path)?;
        io::copy(&mut artifact.content.reader()?, &mut file).map(drop)
    };
    write().map_err(|error| format!("cannot write {}: {error}", Shown(&path)))
}
