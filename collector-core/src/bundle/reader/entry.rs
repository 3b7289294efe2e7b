//! One file of a bundle, while it passes by.

use super::*;

/// One file of a bundle. What is not read of it is passed over.
#[derive(Debug)]
pub struct Entry<'a> {
    pub(super) head: Head,
    /// The content, where it was read before.
    pub(super) replay: Option<Cursor<Vec<u8>>>,
    pub(super) reader: &'a mut BundleReader,
}

impl Entry<'_> {
    /// Its name relative to the root.
    #[must_use]
    pub fn name(&self) -> &EntryName {
        &self.head.name
    }

    /// What it is.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        self.head.name.place()
    }

    /// Its length.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.head.bytes
    }

    /// When it was modified: seconds since 1970.
    #[must_use]
    pub fn mtime(&self) -> u64 {
        self.head.mtime
    }

    /// The file of the bundle.
    #[must_use]
    pub fn bundle(&self) -> &Path {
        &self.reader.path
    }

    /// Reads the rest of it as JSON.
    ///
    /// # Errors
    ///
    /// [`ReadError::Json`], [`ReadError::TooLarge`] (but not for `index.json`, whose list of
    /// files is passed over and can be as long as it likes), and [`ReadError::Ended`]. A single
    /// text of more than 1 MiB is a [`ReadError::Json`].
    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T, ReadError> {
        if self.place() != Place::Index {
            self.check_limit(self.reader.limits.json_bytes)?;
        }
        let content = BufReader::with_capacity(32 << 10, ShortTexts::new(&mut *self));
        let parsed = serde_json::from_reader(content);
        parsed.map_err(|source| {
            if self.reader.tail.is_some() {
                return self.ended();
            }
            let (path, entry) = (self.reader.path.clone(), self.head.name.to_string());
            ReadError::Json { path, entry, source }
        })
    }

    /// Reads the rest of it into memory, if all of it has no more than `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`ReadError::TooLarge`], [`ReadError::Ended`] and [`ReadError::File`].
    pub fn content(&mut self, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.check_limit(limit)?;
        let mut content = Vec::new();
        match self.read_to_end(&mut content) {
            Ok(_) => Ok(content),
            Err(_) if self.reader.tail.is_some() => Err(self.ended()),
            Err(source) => Err(ReadError::File { path: self.reader.path.clone(), source }),
        }
    }

    /// The error for an entry in which the bundle ends.
    pub(crate) fn ended(&self) -> ReadError {
        ReadError::Ended { path: self.reader.path.clone(), entry: self.head.name.to_string() }
    }

    /// The error for an entry that there is a rule against.
    pub(crate) fn refuse(&self, reason: &str) -> ReadError {
        let (entry, reason) = (self.head.name.to_string(), reason.to_owned());
        fatal(&self.reader.path, Fault::Refused { entry, reason })
    }

    fn check_limit(&self, limit: u64) -> Result<(), ReadError> {
        if self.head.bytes <= limit {
            return Ok(());
        }
        let (what, bytes) = (self.head.name.to_string(), self.head.bytes);
        Err(fatal(&self.reader.path, Fault::TooLarge { what, bytes, limit }))
    }
}

impl Read for Entry<'_> {
    /// Reads its content. Where the bundle ends inside it, the error is of kind
    /// [`io::ErrorKind::UnexpectedEof`], and [`BundleReader::tail`] tells more.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(replay) = &mut self.replay {
            return replay.read(buffer);
        }
        if self.reader.tail.is_some() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match self.reader.archive.read(buffer) {
            Ok(n_read) => Ok(n_read),
            Err(Stop::File(error)) => Err(error),
            Err(stop) => match self.reader.stop(stop) {
                Ok(()) => Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) => Err(io::Error::other(error)),
            },
        }
    }
}
