//! What a plugin says about itself: the JSON of its note, checked key by key.
//!
//! These are the author's claims. Limits are enforced elsewhere, whatever is written here. Keys
//! that are not known are left alone: newer plugins say more.

mod fault;
mod keys;
mod unread;

use std::fmt;

use serde_json::Value;

pub use fault::DescriptionFault;
use keys::Keys;
pub use unread::unread;

/// Most bytes of JSON that are read.
pub const MAX_DESCRIPTION_BYTES: u32 = 256 * 1024;
/// The major version of the plugin contract this program speaks.
pub const ABI_MAJOR: u32 = plugin_api::abi::ABI_MAJOR as u32;

/// A plugin's description of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Its name in manifests: `[a-z0-9-]`, at most 32 bytes.
    pub name: String,
    /// Its own version, as its author counts.
    pub version: String,
    /// The plugin contract it was made for.
    pub abi: Abi,
    /// What it collects, in one line.
    pub summary: String,
    /// A longer text, in Markdown.
    pub doc: Option<String>,
    /// Whom to ask about it.
    pub contact: Option<String>,
    /// Its license.
    pub license: Option<String>,
    /// When in a sample it runs.
    pub order: Order,
    /// What it needs of the machine.
    pub needs: Needs,
    /// What it reads, in words.
    pub reads: Vec<String>,
    /// What it does to the target, in words.
    pub effects: Vec<String>,
    /// The artifacts it writes.
    pub outputs: Vec<Output>,
    /// What one sample costs, as a rule.
    pub cost: Cost,
    /// JSON Schema of its configuration. Without one in the note: a plugin that takes none.
    pub config_schema: Value,
    /// Configurations that work.
    pub examples: Vec<Value>,
    /// The language it is written in.
    pub runtime: Option<String>,
    /// The JSON as it stands in the note, without zero bytes at its end.
    pub json: String,
}

/// A version of the plugin contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abi {
    /// Equal on both sides, or the plugin is refused.
    pub major: u32,
    /// May differ.
    pub minor: u32,
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// When in a sample a collector runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// A cheap reading of the kernel's accounts: first, back to back with the others of its kind.
    Snapshot,
    /// A walk over many files of the machine: after the snapshots.
    Scan,
    /// A request to a server: after the snapshots.
    #[default]
    Fetch,
}

impl Order {
    /// The word, as it stands in the note.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Order::Snapshot => "snapshot",
            Order::Scan => "scan",
            Order::Fetch => "fetch",
        }
    }
}

/// What a plugin needs of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Only root can do it.
    pub uid0: bool,
    /// Capabilities by name, such as `CAP_SYS_PTRACE`.
    pub caps: Vec<String>,
    /// Files it reads.
    pub read_paths: Vec<String>,
    /// It reads `/proc` of other processes.
    pub proc_other_pids: bool,
    /// Where it connects to: a place, or `from config key url`.
    pub net: Option<String>,
    /// The oldest kernel it works on, such as `4.18`.
    pub kernel_min: Option<String>,
}

/// One artifact, or several of a kind, that a plugin writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its name, or a glob.
    pub name: String,
    /// Its media type: what the analysis knows it by.
    pub media_type: String,
    /// What may be in it.
    pub sensitivity: Sensitivity,
    /// Its size at most, where the author knows.
    pub max_bytes: Option<u64>,
}

/// What may be in an artifact that its owner would not show to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Numbers about the machine.
    None,
    /// Names of hosts, addresses, names of processes and files.
    Hostnames,
    /// Contents that users of the machine may have written.
    MayHoldUserData,
    /// Passwords, keys, tokens.
    Secrets,
}

impl Sensitivity {
    /// The word, as it stands in the note.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sensitivity::None => "none",
            Sensitivity::Hostnames => "hostnames",
            Sensitivity::MayHoldUserData => "may-hold-user-data",
            Sensitivity::Secrets => "secrets",
        }
    }
}

/// What one sample costs as a rule, where the author knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Milliseconds it takes.
    pub typical_ms: Option<u64>,
    /// Bytes it writes.
    pub typical_bytes: Option<u64>,
}

impl Description {
    /// Reads the content of a note.
    ///
    /// # Errors
    ///
    /// Text that is not a JSON object, another major ABI, and a key that is missing or of the
    /// wrong type; the error names the key.
    pub fn parse(content: &[u8]) -> Result<Self, DescriptionFault> {
        // C's string literals bring their terminator along.
        let n_nul = content.iter().rev().take_while(|byte| **byte == 0).count();
        let json = std::str::from_utf8(&content[..content.len() - n_nul])
            .map_err(|error| DescriptionFault::Utf8 { at: error.valid_up_to() })?;
        let value: Value = serde_json::from_str(json).map_err(DescriptionFault::Json)?;
        let keys = Keys::root(&value)?;
        // Before the others: another major version may mean them differently.
        let abi = keys.needed("abi", "a version such as \"1.0\"", |value| abi(value.as_str()?))?;
        if abi.major != ABI_MAJOR {
            return Err(DescriptionFault::Abi { plugin: abi.major, ours: ABI_MAJOR });
        }
        let needs = keys.object("needs")?;
        let cost = keys.object("cost")?;
        Ok(Description {
            name: keys.needed("name", "a name of a-z, 0-9 and -, at most 32 bytes", name)?,
            version: keys.needed("version", "a text of 1 to 64 bytes", |value| short(value, 64))?,
            abi,
            summary: keys
                .needed("summary", "a text of 1 to 400 bytes", |value| short(value, 400))?,
            doc: keys.text("doc")?,
            contact: keys.text("contact")?,
            license: keys.text("license")?,
            order: keys
                .maybe("order", "one of \"snapshot\", \"scan\", \"fetch\"", order)?
                .unwrap_or(Order::Fetch),
            needs: needs.map_or(Ok(Needs::default()), |keys| needs_of(&keys))?,
            reads: keys.texts("reads")?,
            effects: keys.texts("effects")?,
            outputs: keys.list("outputs", output)?,
            cost: cost.map_or(Ok(Cost::default()), |keys| cost_of(&keys))?,
            config_schema: keys
                .maybe("config_schema", "a JSON Schema object", |value| {
                    value.is_object().then(|| value.clone())
                })?
                .unwrap_or_else(
                    || serde_json::json!({ "type": "object", "additionalProperties": false }),
                ),
            examples: keys.list("examples", |keys| Ok(keys.value()))?,
            runtime: keys.text("runtime")?,
            json: json.to_owned(),
        })
    }
}

fn needs_of(keys: &Keys<'_>) -> Result<Needs, DescriptionFault> {
    Ok(Needs {
        uid0: keys.flag("uid0")?,
        caps: keys.texts("caps")?,
        read_paths: keys.texts("read_paths")?,
        proc_other_pids: keys.flag("proc_other_pids")?,
        net: keys.text("net")?,
        kernel_min: keys.text("kernel_min")?,
    })
}

fn cost_of(keys: &Keys<'_>) -> Result<Cost, DescriptionFault> {
    Ok(Cost {
        typical_ms: keys.number("typical_ms")?,
        typical_bytes: keys.number("typical_bytes")?,
    })
}

fn output(keys: Keys<'_>) -> Result<Output, DescriptionFault> {
    const SENSITIVITY: &str = "one of \"none\", \"hostnames\", \"may-hold-user-data\", \"secrets\"";
    Ok(Output {
        name: keys.needed("name", "a text of 1 to 200 bytes", |value| short(value, 200))?,
        media_type: keys
            .needed("media_type", "a text of 1 to 200 bytes", |value| short(value, 200))?,
        sensitivity: keys.needed("sensitivity", SENSITIVITY, |value| match value.as_str()? {
            "none" => Some(Sensitivity::None),
            "hostnames" => Some(Sensitivity::Hostnames),
            "may-hold-user-data" => Some(Sensitivity::MayHoldUserData),
            "secrets" => Some(Sensitivity::Secrets),
            _ => None,
        })?,
        max_bytes: keys.number("max_bytes")?,
    })
}

fn abi(text: &str) -> Option<Abi> {
    let (major, minor) = text.split_once('.')?;
    Some(Abi { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

fn name(value: &Value) -> Option<String> {
    let is_name_byte = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let text = value.as_str()?;
    let fits = (1..=32).contains(&text.len()) && text.bytes().all(is_name_byte);
    fits.then(|| text.to_owned())
}

fn short(value: &Value, max_bytes: usize) -> Option<String> {
    let text = value.as_str()?;
    (1..=max_bytes).contains(&text.len()).then(|| text.to_owned())
}

fn order(value: &Value) -> Option<Order> {
    match value.as_str()? {
        "snapshot" => Some(Order::Snapshot),
        "scan" => Some(Order::Scan),
        "fetch" => Some(Order::Fetch),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
