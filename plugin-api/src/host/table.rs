//! The host's table, and the C functions in it that lead to [`Callbacks`]. What a plugin passes to
//! them is checked here.

#![expect(unsafe_code, reason = "the shared-library boundary; see docs/plugin-abi.md")]

use std::ffi::c_void;

use super::Callbacks;
use crate::abi::{self, Host, StatusCode, Str};

/// The table of callbacks that leads to `callbacks`, which must outlive the plugin's instance.
#[expect(clippy::cast_possible_truncation, reason = "the table is 72 bytes")]
fn host_table<C: Callbacks>(callbacks: &C) -> Host {
    Host {
        size: size_of::<Host>() as u32,
        abi_minor: u32::from(abi::ABI_MINOR),
        ctx: std::ptr::from_ref(callbacks).cast_mut().cast(),
        log: Some(log::<C>),
        fail: Some(fail::<C>),
        should_stop: Some(should_stop::<C>),
        remaining_ms: Some(remaining_ms::<C>),
        artifact_begin: Some(artifact_begin::<C>),
        artifact_write: Some(artifact_write::<C>),
        artifact_end: Some(artifact_end::<C>),
    }
}

/// A host's table, with room behind it for what a later minor appends.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Table {
    pub(super) host: Host,
    /// NULL, "not implemented", for a plugin that does not ask for `size`.
    behind: [usize; 8],
}

impl Table {
    pub(super) fn new<C: Callbacks>(callbacks: &C) -> Box<Self> {
        Box::new(Table { host: host_table(callbacks), behind: [0; 8] })
    }

    /// Makes it one of an older minor, behind whose fields nothing is that could be called.
    pub(super) fn age(&mut self, minor: u32) {
        const NO_ADDRESS: usize = usize::MAX / 3;
        let size = usize::try_from(minor).ok().and_then(|minor| abi::HOST_SIZES.get(minor));
        let Some(size) = size.copied() else { return };
        self.host.size = size;
        self.host.abi_minor = minor;
        let words = std::ptr::from_mut(self).cast::<usize>();
        for word in size as usize / size_of::<usize>()..size_of::<Self>() / size_of::<usize>() {
            // SAFETY: it lies within the table, and any number may stand in a field behind `size`,
            // which is a callback or nothing.
            unsafe { words.wrapping_add(word).write(NO_ADDRESS) }
        }
    }
}

/// `s` as text; `None` for a NULL pointer with a length and for what is not UTF-8.
///
/// # Safety
///
/// As for [`Str::bytes`].
pub(super) unsafe fn text<'a>(s: Str) -> Option<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { s.bytes() }.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// `s` as text for a person, whatever it holds.
///
/// # Safety
///
/// As for [`Str::bytes`].
unsafe fn shown(s: Str) -> String {
    // SAFETY: the caller's promise.
    match unsafe { s.bytes() } {
        Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        None => "(a NULL text with a length)".to_owned(),
    }
}

/// The callbacks behind `ctx`.
///
/// # Safety
///
/// `ctx` is the one [`host_table`] put into the table for the same `C`.
unsafe fn callbacks<'a, C>(ctx: *mut c_void) -> &'a C {
    // SAFETY: the caller's promise.
    unsafe { &*ctx.cast::<C>() }
}

unsafe extern "C" fn log<C: Callbacks>(ctx: *mut c_void, level: u32, message: Str) {
    // SAFETY: the plugin lends the text for the call.
    let message = unsafe { shown(message) };
    // SAFETY: the plugin passes the host's `ctx`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    callbacks.log(level, &message);
}

unsafe extern "C" fn fail<C: Callbacks>(ctx: *mut c_void, status: StatusCode, message: Str) {
    // SAFETY: as in `log`.
    let message = unsafe { shown(message) };
    // SAFETY: as in `log`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    callbacks.fail(status, &message);
}

unsafe extern "C" fn should_stop<C: Callbacks>(ctx: *mut c_void) -> i32 {
    // SAFETY: as in `log`.
    i32::from(unsafe { callbacks::<C>(ctx) }.should_stop())
}

unsafe extern "C" fn remaining_ms<C: Callbacks>(ctx: *mut c_void) -> u64 {
    // SAFETY: as in `log`.
    unsafe { callbacks::<C>(ctx) }.remaining_ms()
}

unsafe extern "C" fn artifact_begin<C: Callbacks>(
    ctx: *mut c_void,
    name: Str,
    media_type: Str,
    handle: *mut u64,
) -> StatusCode {
    // SAFETY: as in `log`.
    let name = unsafe { text(name) };
    // SAFETY: as in `log`.
    let media_type = unsafe { text(media_type) };
    // SAFETY: as in `log`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    let (Some(name), Some(media_type), false) = (name, media_type, handle.is_null()) else {
        callbacks.fail(
            abi::status::FAILED,
            "artifact_begin: the name or media type is not UTF-8 text, or handle is NULL",
        );
        return abi::status::FAILED;
    };
    match callbacks.artifact_begin(name, media_type) {
        Ok(begun) => {
            // SAFETY: the plugin gives a place for the handle.
            unsafe { handle.write(begun) };
            abi::status::OK
        }
        Err(status) => status,
    }
}

unsafe extern "C" fn artifact_write<C: Callbacks>(
    ctx: *mut c_void,
    handle: u64,
    data: *const c_void,
    len: u64,
) -> StatusCode {
    // SAFETY: as in `log`.
    let data = unsafe { Str { ptr: data.cast(), len }.bytes() };
    // SAFETY: as in `log`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    match data {
        Some(data) => callbacks.artifact_write(handle, data),
        None => {
            callbacks.fail(abi::status::FAILED, "artifact_write: data is NULL with a length");
            abi::status::FAILED
        }
    }
}

unsafe extern "C" fn artifact_end<C: Callbacks>(
    ctx: *mut c_void,
    handle: u64,
    status: StatusCode,
) -> StatusCode {
    // SAFETY: as in `log`.
    unsafe { callbacks::<C>(ctx) }.artifact_end(handle, status)
}
