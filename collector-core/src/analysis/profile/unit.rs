//! Units of values: which belong together, and how a number is shown in the unit that fits it.

/// A unit: its name, what profiles call it, and how many of the smallest it has.
type Unit = (&'static str, &'static [&'static str], f64);

/// The units of memory and of time; the second value is the one to fall back on.
const KINDS: &[(&[Unit], (&str, f64))] = &[
    (
        &[
            ("B", &["b", "byte"], 1.0),
            ("kB", &["kb", "kbyte", "kilobyte"], 1024.0),
            ("MB", &["mb", "mbyte", "megabyte"], 1_048_576.0),
            ("GB", &["gb", "gbyte", "gigabyte"], 1_073_741_824.0),
            ("TB", &["tb", "tbyte", "terabyte"], 1_099_511_627_776.0),
            ("PB", &["pb", "pbyte", "petabyte"], 1_125_899_906_842_624.0),
        ],
        ("B", 1.0),
    ),
    (
        &[
            ("ns", &["ns", "nanosecond"], 1.0),
            ("us", &["μs", "us", "microsecond"], 1e3),
            ("ms", &["ms", "millisecond"], 1e6),
            ("s", &["s", "sec", "second"], 1e9),
            ("hrs", &["hour", "hr"], 3.6e12),
        ],
        ("s", 1e9),
    ),
];

/// The largest unit in which a value is at least 1.
pub const FITTING: &str = "minimum";

/// `value` of `from` in `to`, with the name to show; the name is empty where it goes without
/// saying, as for counts.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
pub fn convert(value: i64, from: &str, to: &str) -> (f64, String) {
    // The smallest number has no positive counterpart.
    if value < 0 && value != i64::MIN {
        let (converted, unit) = convert(-value, from, to);
        return (-converted, unit);
    }
    for (units, fallback) in KINDS {
        let Some((_, _, factor)) = find(units, from) else { continue };
        let base = value as f64 * factor;
        let (unit, factor) = match to {
            FITTING => largest_below(units, base).unwrap_or(*fallback),
            _ => find(units, to).map_or(*fallback, |it| (it.0, it.2)),
        };
        return (base / factor, unit.to_owned());
    }
    let goes_without_saying = ["count", "sample", "unit", FITTING].contains(&to);
    (value as f64, if goes_without_saying { String::new() } else { to.to_owned() })
}

/// Whether values of both units can be added once they are converted.
#[must_use]
pub fn are_compatible(one: &str, other: &str) -> bool {
    one == other
        || KINDS.iter().any(|(units, _)| find(units, one).is_some() && find(units, other).is_some())
}

fn find(units: &'static [Unit], name: &str) -> Option<&'static Unit> {
    let name = name.to_lowercase();
    let singular = if name.len() > 2 { name.strip_suffix('s').unwrap_or(&name) } else { &name };
    units.iter().find(|(_, names, _)| names.contains(&singular))
}

fn largest_below(units: &'static [Unit], value: f64) -> Option<(&'static str, f64)> {
    let fitting = units.iter().filter(|(_, _, factor)| value / factor >= 1.0);
    fitting.map(|it| (it.0, it.2)).next_back()
}
