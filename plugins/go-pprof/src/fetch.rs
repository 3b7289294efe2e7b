//! One profile: asked for, looked at, stored as sent.

use std::time::Duration;

use plugin_api::http::{Failure, Kind, Response, Target, Url};
use plugin_api::{Context, Error, Status};

use crate::check::Check;
use crate::config::{Format, Item};

/// Gzip or not, the same to the reading side, which looks at the first bytes.
const PROFILE_TYPE: &str = "application/x-pprof";
const TRACE_TYPE: &str = "application/x-go-trace";
/// What a recording takes on top of its seconds: the connection, the end of the recording.
const RECORDING_SLACK: Duration = Duration::from_millis(500);
/// The least time a request needs to be begun: a second, or a quarter of all the time there was.
/// It is more than what a request leaves that took its whole time.
const LEAST: Duration = Duration::from_secs(1);
const LEAST_PART: u32 = 4;

/// How a Go program comes to have profiles.
const HOW_TO_ENABLE: &str = "a Go program offers profiles once it has import _ \"net/http/pprof\" \
     and go http.ListenAndServe(\"127.0.0.1:6060\", nil); check that the port in `url` is that one";

/// Why one profile did not come.
#[derive(Debug)]
pub(crate) struct Missing {
    /// What is said of it.
    pub(crate) error: Error,
    /// The server could not be asked at all, or no more is taken: the others would fare the same.
    pub(crate) concerns_all: bool,
}

impl From<Error> for Missing {
    fn from(error: Error) -> Self {
        let concerns_all = matches!(error.status(), Status::Quota | Status::Stopped);
        Missing { error, concerns_all }
    }
}

/// The least time a request needs to be begun, computed before the first of them. Without it each
/// request to a slow server would take most of what the one before it left, until nothing is left
/// to say so.
pub(crate) fn least_time(context: &Context) -> Duration {
    LEAST.min(Target::limit(context) / LEAST_PART)
}

/// Fetches `item` from below `base` into its artifact, if it fits into the time that is left.
pub(crate) fn fetch(
    context: &Context,
    target: &Target,
    base: &Url,
    item: &Item,
    least: Duration,
) -> Result<(), Missing> {
    fits_in_time(context, item, least)?;
    let mut url = base.with_path(&format!("{}/{}", base.path(), item.path))?;
    if let Some(query) = &item.query {
        url = url.with_query(query)?;
    }
    let missing = |failure| missing(failure, item);
    let mut response = target.get(context, &url, "*/*").map_err(missing)?;
    let head = response.head().map_err(missing)?.to_vec();
    let check = Check::start(item.format, &head).map_err(|why| {
        if let Some(broken) = response.broken() {
            return missing(broken);
        }
        // Nothing is stored under the name of a profile that does not begin like one.
        let said = if head.is_empty() { String::new() } else { response.excerpt(&head) };
        Error::failed(format!("{url}: {why}{said}")).advise(HOW_TO_CHECK).into()
    })?;
    store(context, item, &mut response, check).map_err(|cut| match cut {
        Cut::Answer(failure) => missing(failure),
        Cut::Host(error) => error.into(),
    })
}

const HOW_TO_CHECK: &str =
    "check that `url` is the program itself and not a proxy or a login page before it";

/// What would only be cut by the deadline is not begun.
fn fits_in_time(context: &Context, item: &Item, least: Duration) -> Result<(), Missing> {
    let limit = Target::limit(context);
    let (name, seconds) = (item.name, item.seconds);
    if context.remaining().is_none() {
        return Ok(());
    }
    if seconds > 0 && limit < Duration::from_secs(seconds.into()) + RECORDING_SLACK {
        return Err(Error::failed(format!(
            "{name}: not begun: it takes {seconds} s, and {limit:.1?} are left"
        ))
        .advise("raise `timeout` of this collector or lower the seconds")
        .into());
    }
    if limit < least {
        let sentence = format!("{name}: not begun: {limit:.1?} are left");
        let error =
            Error::new(Status::Unavailable, sentence).advise("raise `timeout` of this collector");
        return Err(Missing { error, concerns_all: true });
    }
    Ok(())
}

/// What ended a transfer early.
enum Cut {
    Answer(Failure),
    Host(Error),
}

fn store(
    context: &Context,
    item: &Item,
    response: &mut Response<'_>,
    mut check: Check,
) -> Result<(), Cut> {
    let (extension, media_type) = match item.format {
        Format::Profile if check.is_gzip() => ("pb.gz", PROFILE_TYPE),
        Format::Profile => ("pb", PROFILE_TYPE),
        Format::Trace => ("out", TRACE_TYPE),
    };
    let name = format!("{}.{extension}", item.name);
    let mut artifact = context.artifact(&name, media_type).map_err(Cut::Host)?;
    while let Some(chunk) = response.chunk().map_err(Cut::Answer)? {
        artifact.append(chunk).map_err(Cut::Host)?;
        check.feed(chunk);
    }
    check.finish().map_err(|why| Cut::Answer(response.not_whole(&why)))?;
    artifact.finish().map_err(Cut::Host)
}

/// The failure with what is special about profiles.
fn missing(failure: Failure, item: &Item) -> Missing {
    let concerns_all = failure.is_of_server();
    let failure = match failure.kind() {
        Kind::Refused => failure.advise(HOW_TO_ENABLE),
        Kind::Http(404) if item.name == "goroutineleak" => failure.advise(
            "Go has it since 1.27, and in 1.26 when built with \
             GOEXPERIMENT=goroutineleakprofile; otherwise take it out of `profiles`",
        ),
        Kind::Http(404) => failure.advise(
            "check that the program registers net/http/pprof on this server, and the path of `url`",
        ),
        _ => failure,
    };
    Missing { error: failure.into(), concerns_all }
}
