//! An answer with status 200, read in passing: never more of it in memory than one buffer.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use ureq::BodyReader;
use ureq::http::header;

use super::credentials::Credentials;
use super::failure::Failure;
use super::{Url, excerpt, reason};
use crate::Context;

/// How much is read at a time.
const BUFFER_BYTES: usize = 64 * 1024;
/// How much [`Response::head`] tries to get: enough to tell what the answer is.
const HEAD_BYTES: usize = 4096;
/// Most bytes of the header `Content-Type` that are taken: what an artifact's media type may have.
const MAX_MEDIA_TYPE_BYTES: usize = 200;

/// The body of an answer, and what its headers say of it.
pub struct Response<'c> {
    context: &'c Context,
    url: Url,
    media_type: Option<String>,
    encoding: Option<String>,
    expected: Option<u64>,
    limit: Duration,
    credentials: Credentials,
    body: BodyReader<'static>,
    buffer: Vec<u8>,
    /// Bytes at the start of `buffer` that [`Response::chunk`] has not given yet.
    held: usize,
    received: u64,
    /// What ended the body while the head was read.
    ended: Option<Result<(), Failure>>,
}

impl<'c> Response<'c> {
    pub(super) fn new(
        context: &'c Context,
        url: Url,
        answer: ureq::http::Response<ureq::Body>,
        credentials: Credentials,
        limit: Duration,
    ) -> Self {
        let text = |name| {
            let value = answer.headers().get(name)?.to_str().ok()?.trim();
            let fits = (1..=MAX_MEDIA_TYPE_BYTES).contains(&value.len());
            (fits && value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()))
                .then(|| value.to_owned())
        };
        let media_type = text(header::CONTENT_TYPE);
        let encoding = text(header::CONTENT_ENCODING)
            .filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
        let expected = answer.body().content_length();
        Response {
            context,
            url,
            media_type,
            encoding,
            expected,
            limit,
            credentials,
            body: answer.into_body().into_reader(),
            buffer: vec![0; BUFFER_BYTES],
            held: 0,
            received: 0,
            ended: None,
        }
    }

    /// Where it came from, after redirects.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The header `Content-Type` as sent; `None` when there is none that is printable ASCII of at
    /// most 200 bytes.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// The header `Content-Encoding`, when the server compressed what it was not asked to.
    #[must_use]
    pub fn encoding(&self) -> Option<&str> {
        self.encoding.as_deref()
    }

    /// The first bytes, 4096 or all there are, to tell what the answer is. [`chunk`] gives them
    /// again.
    ///
    /// # Errors
    ///
    /// The connection gave none. A failure after some is [`chunk`]'s.
    ///
    /// [`chunk`]: Response::chunk
    pub fn head(&mut self) -> Result<&[u8], Failure> {
        while self.received < HEAD_BYTES as u64 && self.ended.is_none() {
            match self.read(self.held) {
                Ok(0) => self.ended = Some(Ok(())),
                Ok(n) => self.held += n,
                Err(failure) => self.ended = Some(Err(failure)),
            }
        }
        match &self.ended {
            Some(Err(failure)) if self.received == 0 => Err(failure.clone()),
            _ => Ok(&self.buffer[..self.held]),
        }
    }

    /// What broke the answer off while [`head`](Response::head) was read: a plugin that cannot use
    /// so few bytes gives this as the reason, and not that it does not know them.
    #[must_use]
    pub fn broken(&self) -> Option<Failure> {
        match &self.ended {
            Some(Err(failure)) => Some(failure.clone().without_data()),
            _ => None,
        }
    }

    /// The failure of an answer that came to its end, was stored, and by its content is not whole;
    /// `why` says what is missing.
    #[must_use]
    pub fn not_whole(&self, why: &str) -> Failure {
        reason::not_whole(why).at(&self.url)
    }

    /// The next bytes; `None` after the last.
    ///
    /// # Errors
    ///
    /// The answer broke off: by its announced length, a reset, the time, or a stop.
    pub fn chunk(&mut self) -> Result<Option<&[u8]>, Failure> {
        let n = if self.held > 0 {
            std::mem::take(&mut self.held)
        } else if let Some(end) = &self.ended {
            return end.clone().map(|()| None);
        } else {
            self.read(0)?
        };
        Ok((n > 0).then(|| &self.buffer[..n]))
    }

    /// The first bytes of `head` for a message, without the secrets the server may have repeated.
    #[must_use]
    pub fn excerpt(&self, head: &[u8]) -> String {
        excerpt(&self.credentials.mask(head))
    }

    /// Reads once into the buffer from `at`.
    fn read(&mut self, at: usize) -> Result<usize, Failure> {
        if self.context.stopping() {
            return Err(reason::stopped().at(&self.url));
        }
        loop {
            match self.body.read(&mut self.buffer[at..]) {
                Ok(n) => {
                    self.received += n as u64;
                    return Ok(n);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let cut = reason::cut(error, self.received, self.expected, self.limit);
                    return Err(cut.at(&self.url));
                }
            }
        }
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("url", &self.url)
            .field("media_type", &self.media_type)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
