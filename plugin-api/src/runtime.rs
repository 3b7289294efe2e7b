//! The plugin's side of the boundary: what the functions of its table do.
//!
//! Everything of the author's runs under `catch_unwind`, because a panic must not leave a C
//! function, and the host, which has another copy of `std`, could not catch it. A plugin that
//! panicked is not used again: the next sample makes a new one.

#![expect(unsafe_code, reason = "the shared-library boundary; see docs/plugin-abi.md")]

use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::abi::{self, Host, PluginTable, StatusCode, Str};
use crate::{Context, Described, Error, Plugin};

/// The host's table as this plugin knows it: fields an older host lacks are `None`.
#[derive(Debug, Clone, Copy)]
pub struct HostView(Host);

// SAFETY: the contract lets any thread of the plugin use the callbacks while a call lasts.
unsafe impl Send for HostView {}
// SAFETY: as above; the host answers for its own synchronization.
unsafe impl Sync for HostView {}

impl HostView {
    /// Copies as much of the host's table as both sides know.
    ///
    /// # Safety
    ///
    /// `host` points to a table of at least the `size` its first field says, valid for this call;
    /// its callbacks stay valid as long as the view is used.
    pub unsafe fn copy(host: *const Host) -> Self {
        // SAFETY: `size` is the first field of every version of the table.
        let host_size = unsafe { host.cast::<u32>().read() } as usize;
        let mut view = MaybeUninit::<Host>::zeroed();
        // Whole fields only: half a pointer is not NULL.
        let n_bytes = host_size.min(size_of::<Host>()) / align_of::<Host>() * align_of::<Host>();
        // SAFETY: both sides have `n_bytes` bytes, and they do not overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(host.cast::<u8>(), view.as_mut_ptr().cast(), n_bytes);
        }
        // SAFETY: all zeros is a valid table of `None`s, and what was copied is the host's.
        HostView(unsafe { view.assume_init() })
    }

    pub(crate) fn log(&self, level: u32, message: &str) {
        if let Some(log) = self.0.log {
            // SAFETY: the callback and its `ctx` are the host's; `message` lives for the call.
            unsafe { log(self.0.ctx, level, Str::new(message)) }
        }
    }

    pub(crate) fn fail(&self, status: StatusCode, message: &str) {
        if let Some(fail) = self.0.fail {
            // SAFETY: as in `log`.
            unsafe { fail(self.0.ctx, status, Str::new(message)) }
        }
    }

    pub(crate) fn should_stop(&self) -> bool {
        // SAFETY: as in `log`.
        self.0.should_stop.is_some_and(|should_stop| unsafe { should_stop(self.0.ctx) } != 0)
    }

    pub(crate) fn remaining_ms(&self) -> u64 {
        // SAFETY: as in `log`.
        self.0.remaining_ms.map_or(abi::NO_DEADLINE, |remaining| unsafe { remaining(self.0.ctx) })
    }

    pub(crate) fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode> {
        let begin = self.0.artifact_begin.ok_or(abi::status::FAILED)?;
        let mut handle = 0;
        // SAFETY: as in `log`; `handle` is written during the call only.
        let status =
            unsafe { begin(self.0.ctx, Str::new(name), Str::new(media_type), &raw mut handle) };
        if status == abi::status::OK { Ok(handle) } else { Err(status) }
    }

    pub(crate) fn artifact_write(&self, handle: u64, data: &[u8]) -> StatusCode {
        let Some(write) = self.0.artifact_write else { return abi::status::FAILED };
        // SAFETY: as in `log`; `data` lives for the call.
        unsafe { write(self.0.ctx, handle, data.as_ptr().cast(), data.len() as u64) }
    }

    pub(crate) fn artifact_end(&self, handle: u64, status: StatusCode) -> StatusCode {
        let Some(end) = self.0.artifact_end else { return abi::status::FAILED };
        // SAFETY: as in `log`.
        unsafe { end(self.0.ctx, handle, status) }
    }
}

/// The table of the plugin `P`, for `collector_plugin!`.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the table is 56 bytes")]
pub const fn table<P: Described>() -> PluginTable {
    PluginTable {
        magic: abi::MAGIC,
        abi_major: abi::ABI_MAJOR,
        abi_minor: abi::ABI_MINOR,
        size: size_of::<PluginTable>() as u32,
        min_host_minor: 0,
        description: Str::new(P::DESCRIPTION),
        create: Some(create::<P>),
        collect: Some(collect::<P>),
        destroy: Some(destroy::<P>),
    }
}

/// A plugin, with what it takes to make it anew after a panic.
struct Slot<P> {
    plugin: Option<P>,
    config: Vec<u8>,
}

impl<P: Plugin> Slot<P> {
    fn make(config: &[u8], context: &Context) -> Result<P, Error> {
        guard(context, || {
            // A derived `Deserialize` takes a list for a struct, too.
            if !config.trim_ascii_start().starts_with(b"{") {
                return Err(Error::bad_config("the configuration is no JSON object"));
            }
            let config = serde_json::from_slice(config)
                .map_err(|error| Error::bad_config(format!("configuration: {error}")))?;
            P::new(config, context)
        })
    }

    /// Takes one sample. The plugin is out of its place meanwhile: one that panics is lost.
    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let mut plugin = match self.plugin.take() {
            Some(plugin) => plugin,
            None => Self::make(&self.config, context)?,
        };
        guard(context, || {
            let done = plugin.collect(context);
            self.plugin = Some(plugin);
            done
        })
    }
}

unsafe extern "C" fn create<P: Plugin>(
    host: *const Host,
    config_json: Str,
    instance: *mut *mut c_void,
) -> StatusCode {
    // SAFETY: the host promises a valid table until `destroy` returns.
    let context = Context::new(unsafe { HostView::copy(host) });
    // SAFETY: the host lends the text for this call. What is no text fails as JSON below.
    let config = unsafe { config_json.bytes() }.unwrap_or(&[]);
    match Slot::<P>::make(config, &context) {
        Ok(plugin) => {
            let slot = Slot { plugin: Some(plugin), config: config.to_vec() };
            let slot = Box::into_raw(Box::new(slot));
            // SAFETY: the host gives a place for one pointer.
            unsafe { instance.write(slot.cast()) }
            abi::status::OK
        }
        Err(error) => {
            context.problem(&error);
            error.status().code()
        }
    }
}

unsafe extern "C" fn collect<P: Plugin>(instance: *mut c_void, host: *const Host) -> StatusCode {
    // SAFETY: the host promises a valid table until `destroy` returns.
    let context = Context::new(unsafe { HostView::copy(host) });
    // SAFETY: `instance` came from `create::<P>` and is used by one thread at a time.
    let slot = unsafe { &mut *instance.cast::<Slot<P>>() };
    if let Err(error) = slot.collect(&context) {
        context.problem(&error);
    }
    // After a panic nothing vouches for what was delivered, so it is not called partial.
    if slot.plugin.is_some() { context.status() } else { abi::status::FAILED }
}

unsafe extern "C" fn destroy<P: Plugin>(instance: *mut c_void) {
    if instance.is_null() {
        return;
    }
    // SAFETY: `instance` came from `create::<P>`, and the host calls this once.
    let slot = unsafe { Box::from_raw(instance.cast::<Slot<P>>()) };
    // A panic here has nobody to hear of it but the hook, which has printed it.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(slot)));
}

thread_local! {
    /// Where this thread last panicked.
    static PANIC_PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs the author's code; a panic becomes an error that says where and why.
fn guard<T>(context: &Context, run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    note_places_of_panics();
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let place = PANIC_PLACE.take().unwrap_or_else(|| "an unknown place".to_owned());
        let message = format!("the plugin panicked at {place}: {}", panic_text(&*payload));
        context.log(crate::Level::Error, &message);
        Err(Error::failed(message))
    })
}

/// Notes each panic's place on its way to the hook that was there, which prints it to stderr.
fn note_places_of_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANIC_PLACE.set(info.location().map(ToString::to_string));
            previous(info);
        }));
    });
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic whose payload is not a text")
}
