//! The target for words and lines that stand inside of other texts.

use serde_json::Value;

use crate::bundle::layout::{EntryName, RootName, parse_sums_line, sums_line};
use crate::manifest::mask_text;
use crate::units::{Bytes, Timestamp, format_duration, parse_duration, plain, short};

pub(super) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(duration) = parse_duration(text) {
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration), "{text}");
    }
    if let Ok(bytes) = text.parse::<Bytes>() {
        assert!(!bytes.to_string().is_empty());
    }
    if let Some(time) = time(text) {
        let written = time.to_string();
        assert_eq!(self::time(&written).map(|it| it.to_string()), Some(written), "{text}");
    }
    if let Ok((sha256, path)) = parse_sums_line(text) {
        assert_eq!(sums_line(sha256, path).strip_suffix('\n'), Some(text));
    }
    if let Ok(name) = EntryName::new(text) {
        let leads_away = |it: &str| ["", ".", ".."].contains(&it) || it.starts_with('-');
        assert!(!name.as_str().split('/').any(leads_away), "{name}");
        assert_eq!(RootName::from_bundle(text).is_ok(), !text.contains('/'), "{name}");
        let _ = name.place();
    }
    for shown in [plain(text), short(text)] {
        assert!(!shown.contains(char::is_control), "{shown:?}");
        assert_eq!(plain(&shown), shown, "what is plain stays so");
    }
    let _ = mask_text(text);
    for secret in ["token=SECRET-5a0d", "mysql://me:SECRET-5a0d@host", "\nCookie: SECRET-5a0d"] {
        let masked = mask_text(&format!("{text} {secret}"));
        assert!(text.contains("SECRET") || !masked.contains("SECRET"), "{masked:?}");
    }
}

fn time(text: &str) -> Option<Timestamp> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}
