//! Entries, heads and pages as a host's log sees them.

use caseload::{InputError, log as core};

use crate::{
    failure::{CaseloadError, guarded},
    id::RequestId,
    reading::{Reads, counted, input_command, wrong_argument},
    time::Recorded,
};

/// Where a log ends: a position and the hash of its entry. Printed, it is `position:hash`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Head {
    /// The place of the last entry; 0 in an empty log.
    pub position: i64,
    /// The hash of the last entry: 64 hexadecimal digits, all 0 in an empty log.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

impl From<&core::Head> for Head {
    fn from(head: &core::Head) -> Head {
        Head { position: counted(head.position), hash: head.hash.to_string() }
    }
}

impl Reads<core::Head> for Head {
    fn reads(self) -> Result<core::Head, InputError> {
        let position =
            u64::try_from(self.position).map_err(|_| input_command("is a negative position"))?;
        Ok(core::Head { position, hash: self.hash.parse()? })
    }
}

/// The head that a text writes down as `position:hash`.
///
/// # Errors
/// `input-command` for anything else.
#[uniffi::export]
pub fn head_of(text: String) -> Result<Head, CaseloadError> {
    guarded(|| Ok(Head::from(&text.parse::<core::Head>()?)))
}

/// One entry of a log, to be kept field by field as it is.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct Entry {
    /// The place in the log, from 1.
    pub position: i64,
    /// When it was recorded.
    pub recorded: Recorded,
    /// The level its body is written in.
    pub level: i64,
    /// The host's request id, to be found by; none too once it was erased.
    pub request: Option<RequestId>,
    /// Canonical JSON of numbers and days: keep these very bytes.
    pub body: Vec<u8>,
    /// The private items, packed.
    pub private_items: Vec<u8>,
    /// SHA-256 over the previous hash, position, instant, level and body: 64 hexadecimal digits.
    pub hash: String,
}

impl std::fmt::Display for Entry {
    /// Neither private items nor the request id reach a program's log through it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "entry {}", self.position)
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl From<&core::Entry> for Entry {
    fn from(entry: &core::Entry) -> Entry {
        let core::Entry { position, recorded, level, request, body, private, hash } = entry;
        Entry {
            position: counted(*position),
            recorded: (*recorded).into(),
            level: counted(*level),
            request: request.as_ref().map(RequestId::from),
            body: body.clone(),
            private_items: private.clone(),
            hash: hash.to_string(),
        }
    }
}

impl Reads<core::Entry> for Entry {
    fn reads(self) -> Result<core::Entry, InputError> {
        let Entry { position, recorded, level, request, body, private_items, hash } = self;
        Ok(core::Entry {
            position: u64::try_from(position)
                .map_err(|_| input_command("is a negative position"))?,
            recorded: recorded.into(),
            level: u32::try_from(level).map_err(|_| input_command("is no level"))?,
            request: request.map(Reads::reads).transpose()?,
            body,
            private: private_items,
            hash: hash.parse()?,
        })
    }
}

/// A part of a log, in order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether the log had more when it was read.
    pub more: bool,
}

impl Reads<core::Page> for Page {
    fn reads(self) -> Result<core::Page, InputError> {
        let more = if self.more { core::More::Yes } else { core::More::No };
        Ok(core::Page { entries: self.entries.reads()?, more })
    }
}

/// How much a page may hold. One entry is always given, whatever its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PageLimit {
    /// The most entries.
    pub entries: i64,
    /// The most bytes of bodies and private items.
    pub bytes: i64,
}

impl From<core::PageLimit> for PageLimit {
    fn from(limit: core::PageLimit) -> PageLimit {
        let core::PageLimit { entries, bytes } = limit;
        PageLimit { entries: counted(entries), bytes: counted(bytes) }
    }
}

/// What is to be erased from one entry, because somebody was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Erasure {
    /// The entry.
    pub entry: Head,
    /// The places of the private items in it, from 0.
    pub items: Vec<i64>,
    /// Whether its request id goes as well.
    pub request: bool,
}

impl From<&core::Erasure> for Erasure {
    fn from(erasure: &core::Erasure) -> Erasure {
        let core::Erasure { entry, items, request } = erasure;
        Erasure {
            entry: entry.into(),
            items: items.iter().copied().map(counted).collect(),
            request: *request == core::RequestText::Erase,
        }
    }
}

/// The private items of an entry without some of them, which can never be read again.
///
/// # Errors
/// `store-corrupt` when these bytes are no private items.
#[uniffi::export]
pub fn without_items(private_items: Vec<u8>, places: Vec<i64>) -> Result<Vec<u8>, CaseloadError> {
    guarded(|| {
        let places: Result<Vec<u32>, _> = places.into_iter().map(u32::try_from).collect();
        let places = places.map_err(|_| wrong_argument("places", "holds what is no place"))?;
        Ok(core::PrivateItems::erase(&private_items, &places)?)
    })
}

/// Bytes of an entry that count towards the limit of a page.
///
/// # Errors
/// Never.
#[uniffi::export]
pub fn size_of(entry: Entry) -> Result<i64, CaseloadError> {
    Ok(counted(entry.body.len() + entry.private_items.len()))
}

/// Whether an entry follows the one of a head: the next position, and the hash that belongs there.
///
/// # Errors
/// `Input` for a head or an entry that no log holds.
#[uniffi::export]
pub fn continues(after: Head, entry: Entry) -> Result<bool, CaseloadError> {
    guarded(|| {
        let (after, entry): (core::Head, core::Entry) = (after.reads()?, entry.reads()?);
        Ok(entry.continues(&after))
    })
}
