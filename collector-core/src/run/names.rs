//! What a plugin may say: names of artifacts, by the rules of `plugin_api::names`, and messages.
//! Names are checked in the worker, to tell the plugin, and again in the core, which does not trust a
//! worker.

pub(crate) use plugin_api::names::{check_artifact, check_media_type, delivered_twice};

/// Longest message that is sent from a worker; the core keeps less.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// The start of `message` that fits into a frame.
pub(crate) fn bounded(message: &str) -> &str {
    &message[..message.floor_char_boundary(MAX_MESSAGE_BYTES)]
}
