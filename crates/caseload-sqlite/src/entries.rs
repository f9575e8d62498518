//! The entries in SQL.

use caseload::{
    RequestId, StoreError,
    log::{Entry, Hash, Head, More, Page, PageLimit, Position, Recorded},
};
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{
    error::{Doing, damaged, store_error},
    place::Place,
    slot::Open,
};

/// Where the log ends.
pub(crate) fn head(open: &Open, place: &Place) -> Result<Head, StoreError> {
    let failed = |error| store_error(place.path(), Doing::Read, error);
    let last = open
        .prepare_cached(
            "SELECT position, hash FROM entry WHERE agency = ?1 ORDER BY position DESC LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![open.agency], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
                .optional()
        })
        .map_err(failed)?;
    let Some((position, hash)) = last else { return Ok(Head::START) };
    let position = position_of(position, place)?;
    let hash = Hash::from_slice(&hash).ok_or_else(|| row_damaged(position, place))?;
    Ok(Head { position, hash })
}

/// The head that the log had at a position, if it has come so far.
pub(crate) fn head_at(
    open: &Open,
    place: &Place,
    position: Position,
) -> Result<Option<Head>, StoreError> {
    let failed = |error| store_error(place.path(), Doing::Read, error);
    let Ok(at) = i64::try_from(position) else { return Ok(None) };
    let hash: Option<Vec<u8>> = open
        .prepare_cached("SELECT hash FROM entry WHERE agency = ?1 AND position = ?2")
        .and_then(|mut statement| {
            statement.query_row(params![open.agency, at], |row| row.get(0)).optional()
        })
        .map_err(failed)?;
    let hash = hash.map(|hash| Hash::from_slice(&hash).ok_or_else(|| row_damaged(position, place)));
    Ok(hash.transpose()?.map(|hash| Head { position, hash }))
}

/// A number that changes when any other connection, of whatever process, has committed.
pub(crate) fn data_version(open: &Open, place: &Place) -> Result<i64, StoreError> {
    open.prepare_cached("PRAGMA data_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(|error| store_error(place.path(), Doing::Read, error))
}

/// The entries after a head, from one look at the log.
pub(crate) fn page(
    open: &Open,
    place: &Place,
    after: &Head,
    limit: PageLimit,
) -> Result<Page, StoreError> {
    let failed = |error| store_error(place.path(), Doing::Read, error);
    let diverged = || StoreError::Diverged { known: *after };
    if after.position == 0 && after.hash != Hash::ZERO {
        return Err(diverged());
    }
    let Ok(from) = i64::try_from(after.position) else { return Err(diverged()) };
    let mut statement = open
        .prepare_cached(
            // SQLite would load the long columns of every row it comes to, the first one's too.
            "SELECT position, recorded, level, hash, request, \
             CASE WHEN position > ?2 THEN body END, CASE WHEN position > ?2 THEN private END \
             FROM entry WHERE agency = ?1 AND position >= ?2 ORDER BY position",
        )
        .map_err(failed)?;
    let mut rows = statement.query(params![open.agency, from]).map_err(failed)?;
    if after.position > 0 {
        // The entry there comes first; only its hash is read.
        let row = rows.next().map_err(failed)?.ok_or_else(diverged)?;
        let position: i64 = row.get(0).map_err(failed)?;
        let hash: Vec<u8> = row.get(3).map_err(failed)?;
        if position != from || Hash::from_slice(&hash) != Some(after.hash) {
            return Err(diverged());
        }
    }
    let (mut page, mut bytes, mut last) = (Page::default(), 0_usize, after.position);
    while let Some(row) = rows.next().map_err(failed)? {
        if page.entries.len() >= limit.entries.max(1) {
            page.more = More::Yes;
            break;
        }
        let size = blob_len(row, 5).map_err(failed)? + blob_len(row, 6).map_err(failed)?;
        if !page.entries.is_empty() && bytes.saturating_add(size) > limit.bytes {
            page.more = More::Yes;
            break;
        }
        let entry = entry(row, place)?;
        if last.checked_add(1) != Some(entry.position) {
            return Err(missing(last.saturating_add(1), place));
        }
        (bytes, last) = (bytes.saturating_add(size), entry.position);
        page.entries.push(entry);
    }
    Ok(page)
}

/// The entry of a request.
pub(crate) fn find(
    open: &Open,
    place: &Place,
    request: &RequestId,
) -> Result<Option<Entry>, StoreError> {
    let failed = |error| store_error(place.path(), Doing::Read, error);
    let mut statement = open
        .prepare_cached(
            "SELECT position, recorded, level, hash, request, body, private FROM entry \
             WHERE agency = ?1 AND request = ?2",
        )
        .map_err(failed)?;
    let mut rows = statement.query(params![open.agency, request.as_str()]).map_err(failed)?;
    match rows.next().map_err(failed)? {
        Some(row) => entry(row, place).map(Some),
        None => Ok(None),
    }
}

/// Adds an entry at the end of the log.
pub(crate) fn insert(open: &Open, place: &Place, entry: &Entry) -> Result<(), StoreError> {
    let failed = |error| store_error(place.path(), Doing::Append, error);
    let position = i64::try_from(entry.position).map_err(|_| StoreError::Conflict)?;
    // Only the index of requests is named: a row that another constraint refuses is an error.
    let stored = open
        .prepare_cached(
            "INSERT INTO entry (agency, position, recorded, level, hash, request, body, private) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (agency, request) WHERE request IS NOT NULL DO NOTHING",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                open.agency,
                position,
                entry.recorded.micros(),
                entry.level,
                entry.hash.as_bytes(),
                entry.request.as_ref().map(RequestId::as_str),
                entry.body,
                entry.private,
            ])
        })
        .map_err(failed)?;
    if stored == 1 { Ok(()) } else { Err(StoreError::RequestIdReused) }
}

/// An entry that should be there and is not.
fn missing(position: Position, place: &Place) -> StoreError {
    StoreError::corrupt_at(
        position,
        format!("is missing in `{}`; restore a backup", place.path().display()),
    )
}

fn entry(row: &Row<'_>, place: &Place) -> Result<Entry, StoreError> {
    let failed = |error| store_error(place.path(), Doing::Read, error);
    let position = position_of(row.get(0).map_err(failed)?, place)?;
    let wrong = || row_damaged(position, place);
    let request = match row.get::<_, Option<String>>(4).map_err(|_| wrong())? {
        Some(text) => Some(RequestId::new(text).map_err(|_| wrong())?),
        None => None,
    };
    let hash: Vec<u8> = row.get(3).map_err(|_| wrong())?;
    Ok(Entry {
        position,
        recorded: Recorded::from_micros(row.get(1).map_err(|_| wrong())?),
        level: row.get(2).map_err(|_| wrong())?,
        request,
        body: row.get(5).map_err(|_| wrong())?,
        private: row.get(6).map_err(|_| wrong())?,
        hash: Hash::from_slice(&hash).ok_or_else(wrong)?,
    })
}

fn blob_len(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    Ok(row.get_ref(column)?.as_blob().map_or(0, <[u8]>::len))
}

fn position_of(position: i64, place: &Place) -> Result<Position, StoreError> {
    Position::try_from(position).map_err(|_| damaged(&place.path().display().to_string(), None))
}

fn row_damaged(position: Position, place: &Place) -> StoreError {
    StoreError::corrupt_at(
        position,
        format!("is damaged in `{}`; restore a backup", place.path().display()),
    )
}
