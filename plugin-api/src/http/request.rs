//! One GET: within its time, through redirects that stay on the server, to status 200.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ureq::http::{Request, StatusCode, header};

use super::credentials::{self, Credentials};
use super::failure::{Failure, Kind};
use super::{Response, Settings, Tls, Url, reason, tls, transport};
use crate::{Context, Error, Level, Status};

/// Most redirects of one request. Two are common: to `https`, and to a path's canonical form.
const MAX_REDIRECTS: usize = 5;
/// The time for a request when the host sets no deadline.
const DEFAULT_LIMIT: Duration = Duration::from_secs(60);
/// Most of the host's time that is left unused, so that the error is ours and not a killed worker.
const MAX_RESERVE: Duration = Duration::from_secs(1);
/// The time to get a connection: one that takes longer gets none.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Most bytes of headers: above any real server's.
const MAX_HEADER_BYTES: usize = 64 * 1024;
const WHERE_IT_SHOULD_LEAD: &str = "set `url` to the address where the server has what is wanted";
const USER_AGENT: &str = concat!("collector-plugin/", env!("CARGO_PKG_VERSION"));

/// A server to fetch from.
pub struct Target {
    settings: Settings,
    url: Url,
    warned: AtomicBool,
}

impl Target {
    /// Checks the settings. No file is read and nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Status::BadConfig`]: the key, and what it takes.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let url = Url::parse("url", &settings.url)?;
        credentials::check(&settings)?;
        tls::check(settings.tls.as_ref().unwrap_or(&Tls::default()))?;
        Ok(Target { settings, url, warned: AtomicBool::new(false) })
    }

    /// The key `url`.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How long a request may take now: the host's time but for a tenth of it, at most a second;
    /// 60 s when there is no deadline.
    #[must_use]
    pub fn limit(context: &Context) -> Duration {
        context
            .remaining()
            .map_or(DEFAULT_LIMIT, |remaining| remaining - (remaining / 10).min(MAX_RESERVE))
    }

    /// Asks for `url`, which is of this target's server, with the header `Accept: accept`.
    ///
    /// # Errors
    ///
    /// Everything but status 200, with what it means and what to do.
    pub fn get<'c>(
        &self,
        context: &'c Context,
        url: &Url,
        accept: &str,
    ) -> Result<Response<'c>, Failure> {
        self.warn_once(context);
        let limit = Target::limit(context);
        let end = Instant::now() + limit;
        let credentials = Credentials::read(&self.settings).map_err(|failure| failure.at(url))?;
        let mut visited = vec![url.clone()];
        loop {
            let url = visited.last().unwrap_or(url);
            let left = end.saturating_duration_since(Instant::now());
            let response = self
                .ask(context, url, accept, &credentials, left, limit)
                .map_err(|failure| failure.at(url))?;
            match response {
                Answer::Whole(response) => return Ok(*response),
                Answer::Redirect(location) => {
                    let next = self
                        .follow(&visited, &location, &credentials)
                        .map_err(|failure| failure.at(url))?;
                    visited.push(next);
                }
            }
        }
    }

    fn warn_once(&self, context: &Context) {
        let insecure = self.settings.tls.as_ref().is_some_and(|tls| tls.insecure);
        if insecure && self.url.is_https() && !self.warned.swap(true, Ordering::Relaxed) {
            context.log(
                Level::Warn,
                "tls.insecure: the server's certificate is not checked, so what is stored may \
                 come from somebody else",
            );
        }
    }

    fn ask<'c>(
        &self,
        context: &'c Context,
        url: &Url,
        accept: &str,
        credentials: &Credentials,
        left: Duration,
        limit: Duration,
    ) -> Result<Answer<'c>, Failure> {
        if context.stopping() {
            return Err(reason::stopped());
        }
        let mut request = Request::get(url.uri())
            .header(header::ACCEPT, accept)
            .header(header::CONNECTION, "close");
        if let Some(value) = credentials.header() {
            request = request.header(header::AUTHORIZATION, value);
        }
        let request = request.body(()).map_err(|error| {
            Failure::new(Kind::Configuration, Status::Failed, format!("no valid request: {error}"))
        })?;
        let agent = self.agent(context, url, left)?;
        let answer = agent.run(request).map_err(|error| reason::failure(error, url, limit))?;
        let status = answer.status();
        if status.is_redirection() {
            let location = answer.headers().get(header::LOCATION);
            return match location.map(|location| location.to_str()) {
                Some(Ok(location)) => Ok(Answer::Redirect(location.to_owned())),
                _ => Err(Failure::new(
                    Kind::Answer,
                    Status::Failed,
                    format!("answered {} and does not say where to", status.as_u16()),
                )
                .advise(WHERE_IT_SHOULD_LEAD)),
            };
        }
        let mut response = Response::new(context, url.clone(), answer, credentials.clone(), limit);
        if status == StatusCode::OK {
            return Ok(Answer::Whole(Box::new(response)));
        }
        Err(self.refusal(status, &mut response))
    }

    fn agent(&self, context: &Context, url: &Url, left: Duration) -> Result<ureq::Agent, Failure> {
        // Below the whole, so that the failure names what took the time.
        let to_connect = CONNECT_LIMIT.min(left - left / 10);
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(USER_AGENT)
            .timeout_global(Some(left))
            .timeout_resolve(Some(to_connect))
            .timeout_connect(Some(to_connect))
            .max_response_header_size(MAX_HEADER_BYTES)
            .max_idle_connections(0)
            .build();
        let secure = match (&self.settings.tls, url.is_https()) {
            (Some(settings), true) => Some(tls::config(settings)?),
            (None, true) => Some(tls::config(&Tls::default())?),
            (_, false) => None,
        };
        Ok(transport::agent(config, tls::Secure(secure), Arc::new(context.stop_signal())))
    }

    /// The failure of a status other than 200.
    fn refusal(&self, status: StatusCode, response: &mut Response<'_>) -> Failure {
        let code = status.as_u16();
        // A body that cannot be read takes nothing from what the status says.
        let head = response.head().map(<[u8]>::to_vec).unwrap_or_else(|_| Vec::new());
        let said = match head.as_slice() {
            [] => String::new(),
            head => format!(": {}", response.excerpt(head)),
        };
        let name = status.canonical_reason().map(|name| format!(" {name}")).unwrap_or_default();
        let failure =
            |status| Failure::new(Kind::Http(code), status, format!("answered {code}{name}{said}"));
        match code {
            401 | 403 => failure(Status::Denied).advise(credentials::advice(&self.settings)),
            404 | 410 => failure(Status::Unavailable).advise("check the path of `url`"),
            // What Go answers.
            400 if !response.url().is_https() && said.contains("HTTPS server") => {
                failure(Status::Failed).advise("let `url` begin with https://")
            }
            429 => failure(Status::Failed).advise("raise `every` of this collector"),
            500..=599 => failure(Status::Failed)
                .advise("see the log of the server, or of the proxy before it"),
            _ => failure(Status::Failed).advise(
                "check that `url` is the program itself and not a proxy or a login page before it",
            ),
        }
    }

    /// Where to go from the last of `visited`, if there.
    fn follow(
        &self,
        visited: &[Url],
        location: &str,
        credentials: &Credentials,
    ) -> Result<Url, Failure> {
        let refused = |sentence: String| Failure::new(Kind::Answer, Status::Failed, sentence);
        let here = visited.last().ok_or_else(|| refused("redirected from nowhere".to_owned()))?;
        let next = here.redirected(location, credentials).map_err(|why| {
            refused(format!("redirects to an address that cannot be used: {why}"))
                .advise(WHERE_IT_SHOULD_LEAD)
        })?;
        if !here.is_same_server(&next) {
            return Err(refused(format!(
                "redirects to another server, {next}; nothing was sent there"
            ))
            .advise("set `url` to that address if it is the right one"));
        }
        if visited.contains(&next) {
            let circle: Vec<_> = visited.iter().chain([&next]).map(Url::shown_path).collect();
            return Err(refused(format!("redirects in a circle: {}", circle.join(" -> "))).advise(
                format!("the server may want a login: {}", credentials::advice(&self.settings)),
            ));
        }
        if visited.len() > MAX_REDIRECTS {
            return Err(refused(format!(
                "redirects more than {MAX_REDIRECTS} times, last to {next}"
            ))
            .advise(WHERE_IT_SHOULD_LEAD));
        }
        Ok(next)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("url", &self.url).finish_non_exhaustive()
    }
}

enum Answer<'c> {
    Whole(Box<Response<'c>>),
    Redirect(String),
}
