//! The storage seam: what a store must do, and nothing else. `docs/storage.md` numbers the contract.

use std::{fmt, str::FromStr, sync::Arc};

use sha2::{Digest as _, Sha256};

pub use crate::private_items::PrivateItems;
use crate::{InputError, RequestId, StoreError};

/// The level of event shapes and verdicts that this version of the library writes.
pub const LEVEL: u32 = 1;
/// The most bytes of one stored entry, body and private items together.
pub const MAX_ENTRY_BYTES: usize = 4 * 1024 * 1024;

/// A place in the log: 1 is the first entry, 0 is before everything.
pub type Position = u64;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash before the first entry: all zero.
    pub const ZERO: Hash = Hash([0; 32]);

    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// From bytes as a store keeps them; `None` if there are not exactly 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 over the parts, one after the other.
    pub(crate) fn of(parts: &[&[u8]]) -> Hash {
        let mut sha = Sha256::new();
        for part in parts {
            sha.update(part);
        }
        Hash(sha.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        let mut digits = [0u8; 64];
        for ([high, low], byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            (*high, *low) = (digit(byte >> 4), digit(byte & 15));
        }
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = InputError;

    /// # Errors
    /// `input-command` unless it is 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Hash, InputError> {
        let wrong = || InputError::command("hash", "is not 64 hexadecimal digits");
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            b'A'..=b'F' => Ok(digit - b'A' + 10),
            _ => Err(wrong()),
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(wrong()) };
        if pairs.len() != 32 {
            return Err(wrong());
        }
        let mut bytes = [0u8; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Hash(bytes))
    }
}

/// Where a log ends, or ended: a position and the hash of the entry there.
///
/// Kept elsewhere, it proves later that nothing up to it was changed or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    /// How many entries there are.
    pub position: Position,
    /// The hash of the last one; [`Hash::ZERO`] when there is none.
    pub hash: Hash,
}

impl Head {
    /// Before the first entry.
    pub const START: Head = Head { position: 0, hash: Hash::ZERO };
}

impl fmt::Display for Head {
    /// `position:hash`, as [`Head::from_str`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

impl FromStr for Head {
    type Err = InputError;

    /// # Errors
    /// `input-command` unless it is a position in digits, a colon and 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Head, InputError> {
        let wrong = || InputError::command("head", "is not `position:hash`");
        let (position, hash) = text.split_once(':').ok_or_else(wrong)?;
        // Rust's own parser would take a plus sign as well.
        if !position.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        Ok(Head { position: position.parse().map_err(|_| wrong())?, hash: hash.parse()? })
    }
}

/// The instant at which an entry was recorded: microseconds since 1970-01-01T00:00:00Z.
///
/// It only labels an entry. The order of the log is the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Recorded(i64);

impl Recorded {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Recorded {
        Recorded(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The recorded clock: the store's clock, or one microsecond after the previous entry.
    pub const fn after(previous: Recorded, clock: Recorded) -> Recorded {
        let next = previous.0.saturating_add(1);
        if clock.0 > next { clock } else { Recorded(next) }
    }
}

impl FromStr for Recorded {
    type Err = InputError;

    /// Reads an RFC 3339 instant in UTC, such as `2024-03-01T12:00:00Z`.
    ///
    /// # Errors
    /// `input-command` for anything else, another offset included.
    fn from_str(text: &str) -> Result<Recorded, InputError> {
        let wrong = || InputError::command("known_at", "is not an RFC 3339 instant in UTC");
        if !text.ends_with(['Z', 'z']) {
            return Err(wrong());
        }
        let instant = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?;
        Ok(Recorded(instant.timestamp_micros()))
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match chrono::DateTime::from_timestamp_micros(self.0) {
            Some(instant) => write!(f, "{}", instant.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
            None => write!(f, "{} microseconds", self.0),
        }
    }
}

/// One entry as a store keeps it: an accepted command, sealed.
///
/// A store keeps every field as it was given and gives every field back so; it needs to understand
/// none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The place in the log.
    pub position: Position,
    /// When it was recorded.
    pub recorded: Recorded,
    /// The level its body is written in.
    pub level: u32,
    /// The host's request id, to be found by; `None` too once it was erased.
    pub request: Option<RequestId>,
    /// Canonical JSON of numbers and days: hashed as these very bytes, never written anew.
    pub body: Vec<u8>,
    /// The private items, packed (see [`PrivateItems`]): not hashed, so that they can be erased.
    pub private: Vec<u8>,
    /// SHA-256 over the previous hash, position, instant, level and body.
    pub hash: Hash,
}

impl fmt::Debug for Entry {
    /// Neither private items nor the request id reach a log through `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("position", &self.position)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// Seals an entry that continues a log after this head.
    pub fn sealed(
        after: &Head,
        recorded: Recorded,
        request: Option<RequestId>,
        body: Vec<u8>,
        private: Vec<u8>,
    ) -> Entry {
        let position = after.position.saturating_add(1);
        let mut entry =
            Entry { position, recorded, level: LEVEL, request, body, private, hash: Hash::ZERO };
        entry.hash = entry.expected_hash(after);
        entry
    }

    /// The head of a log that ends with this entry.
    pub const fn head(&self) -> Head {
        Head { position: self.position, hash: self.hash }
    }

    /// What the hash of this entry must be after this head.
    pub fn expected_hash(&self, after: &Head) -> Hash {
        Hash::of(&[
            after.hash.as_bytes(),
            &self.position.to_le_bytes(),
            &self.recorded.0.to_le_bytes(),
            &self.level.to_le_bytes(),
            &self.body,
        ])
    }

    /// Whether this entry continues a log that ends with `after`, unaltered.
    pub fn continues(&self, after: &Head) -> bool {
        after.position.checked_add(1) == Some(self.position)
            && self.hash == self.expected_hash(after)
    }

    /// Bytes that count towards [`MAX_ENTRY_BYTES`].
    pub fn size(&self) -> usize {
        self.body.len() + self.private.len()
    }
}

/// One page of a log.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// Whether the log had more when it was read.
    pub more: More,
}

impl Page {
    /// The page, unless reading on from it would never end.
    pub(crate) fn sound(self) -> Result<Page, StoreError> {
        if self.entries.is_empty() && self.more == More::Yes {
            return Err(StoreError::corrupt(
                "the store says that there is more, and gives nothing",
            ));
        }
        Ok(self)
    }
}

/// Whether there is more to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum More {
    /// That was all.
    #[default]
    No,
    /// The page was full.
    Yes,
}

/// How much one page may hold: whichever is reached first; always at least one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit {
    /// Entries.
    pub entries: usize,
    /// Bytes of body and private items.
    pub bytes: usize,
}

impl Default for PageLimit {
    fn default() -> Self {
        PageLimit { entries: 10_000, bytes: 16 * 1024 * 1024 }
    }
}

/// Private items to be removed from one entry for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The entry, by position and hash: after a backup was restored, another may have its position.
    pub entry: Head,
    /// Indexes of the items, from 0, as [`PrivateItems::erase`] takes them.
    pub items: Vec<u32>,
    /// What becomes of the entry's request id.
    pub request: RequestText,
}

/// What an erasure does to the request id of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestText {
    /// It stays and can be found.
    Keep,
    /// It goes with the items.
    Erase,
}

/// A log of one agency: "the entries after this head" and "append exactly after this head".
///
/// Small enough to write over anything. Every method may be called from several threads at once.
/// `head`, `read` and `find` never wait for a turn, not even for one that is held through the same
/// handle by the same thread. `docs/storage.md` states the contract by number, and
/// `caseload-conformance` tests it.
pub trait Log: Send + Sync {
    /// Where the log ends now (S1).
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    fn head(&self) -> Result<Head, StoreError>;

    /// The entries after a head, in order, at most a page (S2 to S4). `more` is exact: [`More::Yes`] if
    /// and only if the log had more after the last one of the page when it was read.
    ///
    /// # Errors
    /// [`StoreError::Diverged`] when the log has another hash at that position, or ends before it.
    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError>;

    /// The entry that a request id was stored with, if any (S5).
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError>;

    /// Takes the lock that one writer at a time holds, waiting for it within the store's timeout (S6).
    ///
    /// Dropping the turn without an append gives the lock back and changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when the timeout passes.
    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError>;

    /// Overwrites private items for good, in every file and table of the store; again is harmless (S10).
    ///
    /// # Errors
    /// [`StoreError::Diverged`] when it does not hold one of the entries: then nothing is erased.
    /// Otherwise [`StoreError`] as the store finds it; what was not erased must be asked again.
    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError>;
}

/// A log that is shared: the agency has one handle on it and the host keeps another.
impl<L: Log + ?Sized> Log for Arc<L> {
    fn head(&self) -> Result<Head, StoreError> {
        L::head(self)
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        L::read(self, after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        L::find(self, request)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        L::turn(self)
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        L::erase(self, items)
    }
}

/// One writer's turn at the log: nobody else appends until it is over.
pub trait Turn {
    /// Where the log ends, under the lock (S7).
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    fn head(&mut self) -> Result<Head, StoreError>;

    /// As [`Log::read`], under the lock: what came in since the caller last looked (S7).
    ///
    /// # Errors
    /// [`StoreError::Diverged`] as [`Log::read`].
    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError>;

    /// The store's clock, read under the lock.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    fn clock(&mut self) -> Result<Recorded, StoreError>;

    /// Appends these entries exactly after this head, all or none, durably, and ends the turn (S8, S9).
    /// No entries are fine where the log ends at `after`, and a conflict elsewhere.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the log does not end at `after` (or the entries do not follow it),
    /// which is checked before the request ids;
    /// [`StoreError::RequestIdReused`] when an entry carries a request id that is stored already,
    /// [`StoreError::UnknownOutcome`] when it cannot be said whether they were stored.
    fn append(self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_instants_read_back() {
        let head = Head { position: 7, hash: Hash::of(&[b"x"]) };
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        for position in ["+7", "-7", "", " 7", "18446744073709551616"] {
            assert!(format!("{position}:{}", head.hash).parse::<Head>().is_err(), "{position:?}");
        }
        let instant: Recorded = "2024-03-01T12:00:00.5Z".parse().unwrap();
        assert_eq!(instant.to_string(), "2024-03-01T12:00:00.500000Z");
        assert!("2024-03-01T12:00:00+01:00".parse::<Recorded>().is_err());
        assert_eq!(Recorded::after(Recorded(5), Recorded(3)), Recorded(6));
    }
}
