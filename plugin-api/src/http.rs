//! HTTP for plugins that fetch from a server: one GET, streamed, within the time of the call.
//!
//! A plugin lists the keys of [`Settings`] it offers in its own configuration and makes a
//! [`Target`] of them. What it then gets is either a [`Response`] with status 200, or a
//! [`Failure`] with a sentence for the customer: each way in which a network disappoints has its
//! own. The rules:
//!
//! - Everything ends before the host's deadline, a server that drips included, so that the error
//!   is this module's and not a killed worker.
//! - A redirect is followed only on the same scheme, host and port, or from `http` to `https` of
//!   the same host. Anything else is refused and named: nothing is fetched from a server the
//!   customer did not name, and credentials go nowhere else.
//! - Bytes are stored as sent: no compression is asked for, and none is undone.
//! - Secrets are read at each request, because they rotate, and never appear in a message.
//! - Proxies of the environment are not used.
//!
//! What the bytes mean is for the plugin and the reader of the bundle.

mod credentials;
mod failure;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod reason;
mod request;
mod response;
mod settings;
mod text;
mod tls;
mod transport;
mod url;

pub use failure::{Failure, Kind};
pub use request::Target;
pub use response::Response;
pub use settings::{BasicAuth, Settings, Tls};
pub use text::excerpt;
pub use url::Url;
