//! The buffer of the kernel's function tracer: memory that no account names.
//!
//! It is read below a tracefs that is mounted already. Looking into `/sys/kernel/debug/tracing`
//! would mount one, which is no business of a collector's. Buffers of `instances` are not read.

use plugin_api::mounts::{Barriers, MountLine};
use plugin_api::{Context, Level, Status};

/// Stores the size of the buffer, where it can be read.
pub(crate) fn store(context: &Context, mountinfo: &[u8], barriers: &Barriers) {
    let mut places = MountLine::all(mountinfo)
        .filter(|it| it.fs_type == "tracefs")
        .map(|it| it.path())
        .filter(|it| barriers.are_not_on(it));
    let Some(place) = places.next() else {
        let text = "no tracefs is mounted, so the size of the tracing buffer is not told";
        return context.log(Level::Warn, text);
    };
    let path = place.join("buffer_total_size_kb");
    let Err(error) = context.copy(&path, "tracing-buffer", "text/x-linux-tracing-buffer") else {
        return;
    };
    match error.status() {
        Status::Unavailable => context
            .log(Level::Warn, &format!("{error}; kernels have it with CONFIG_TRACING (since 3.9)")),
        Status::Denied => context.problem(&error.advise("run as root to add it")),
        _ => context.problem(&error),
    }
}
