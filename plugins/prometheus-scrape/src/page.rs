//! One page: asked for, looked at, stored.

use plugin_api::http::{Failure, Kind, Response, Target, Url};
use plugin_api::{Context, Error, Level};

use crate::format::{Page, TEXT_TYPE, Tail};
use crate::keep::{Filter, Globs};

/// OpenMetrics for its units and its end mark, the older text, then whatever there is.
const ACCEPT: &str =
    "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const ARTIFACT: &str = "metrics.txt";

/// Fetches the page at `url` into the artifact.
pub(crate) fn fetch(
    context: &Context,
    target: &Target,
    url: &Url,
    keep: &Globs,
) -> Result<(), Error> {
    let mut response = target.get(context, url, ACCEPT).map_err(with_advice)?;
    if let Some(encoding) = response.encoding() {
        return Err(Error::failed(format!(
            "{url}: the answer is compressed ({encoding}), which was not asked for"
        ))
        .advise("turn that off in the server or in the proxy before it"));
    }
    let head = response.head()?.to_vec();
    let media_type = match (Page::of(response.media_type(), &head), response.media_type()) {
        (Page::Declared, Some(media_type)) => media_type.to_owned(),
        (Page::Recognized | Page::Declared, declared) => {
            context.log(
                Level::Info,
                &format!(
                    "{url}: the answer is taken as {TEXT_TYPE} by its first line; its \
                     Content-Type is {}",
                    declared.unwrap_or("missing")
                ),
            );
            TEXT_TYPE.to_owned()
        }
        (Page::Unknown, Some(media_type)) if response.broken().is_some() => media_type.to_owned(),
        (Page::Unknown | Page::Other, declared) => {
            return Err(not_metrics(url, declared, &response, &head));
        }
    };
    store(context, &mut response, &media_type, keep)
}

fn not_metrics(url: &Url, declared: Option<&str>, response: &Response<'_>, head: &[u8]) -> Error {
    if let Some(broken) = response.broken() {
        return broken.into();
    }
    let declared = declared.unwrap_or("no Content-Type");
    let begins = match head {
        [] => "is empty".to_owned(),
        head => format!("begins with {}", response.excerpt(head)),
    };
    Error::failed(format!("{url}: the answer is not metrics: it has {declared} and {begins}"))
        .advise("check the path of `url`, which is /metrics for most servers")
}

fn store(
    context: &Context,
    response: &mut Response<'_>,
    media_type: &str,
    keep: &Globs,
) -> Result<(), Error> {
    let mut artifact = context.artifact(ARTIFACT, media_type)?;
    let mut tail = Tail::default();
    if keep.keep_all() {
        while let Some(chunk) = response.chunk()? {
            artifact.append(chunk)?;
            tail.feed(chunk);
        }
    } else {
        let mut filter = Filter::new(keep);
        while let Some(chunk) = response.chunk()? {
            tail.feed(chunk);
            filter.feed(chunk, |line| artifact.append(line))?;
        }
        filter.finish(|line| artifact.append(line))?;
        context.log(
            Level::Info,
            &format!("keep: stored {} of {} lines", filter.n_kept, filter.n_lines),
        );
    }
    tail.check(media_type).map_err(|why| response.not_whole(why))?;
    artifact.finish()
}

fn with_advice(failure: Failure) -> Failure {
    match failure.kind() {
        Kind::Http(404) => {
            failure.advise("check the path of `url`, which is /metrics for most servers")
        }
        _ => failure,
    }
}
