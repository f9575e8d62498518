//! The state as bytes: a cache that is dropped when anything about it is odd.
//!
//! Named by the library's version and the log's head, checked by a sum over every byte. Columns are
//! written as they lie in memory, one after the other, so that reading is copying.

use std::{collections::HashMap, sync::Arc};

use super::{
    EarlierDays, EnrollmentFacts, LineFacts, ProgramFacts, RightsFact, StaffFacts, State, Texts,
    Timeline,
    cell::Cell,
    slots::{Slot, Slots},
    source::Source,
    texts::Parts,
};
use crate::{
    Activity, CheckpointBytes, Door, Ending, Name, Policy, Rights, Role, Status,
    body::RightsChange,
    log::{Hash, Head, LEVEL, Recorded},
};

const NAME: &[u8] =
    concat!("caseload checkpoint ", env!("CARGO_PKG_VERSION"), " layout 2\n").as_bytes();

impl State {
    /// The state as bytes.
    pub(crate) fn to_checkpoint(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes());
        out.extend_from_slice(NAME);
        self.put(&mut out);
        let sum = crc32fast::hash(&out);
        sum.put(&mut out);
        out
    }

    /// The state of such bytes, if they are whole and of this version.
    pub(crate) fn from_checkpoint(mut bytes: CheckpointBytes) -> Option<State> {
        let mut from = Source::new(&mut bytes)?;
        if from.bytes(NAME.len())? != NAME {
            return None;
        }
        let mut state = State::take(&mut from)?;
        from.ends_with_its_sum()?;
        state.order_long_timelines();
        Some(state)
    }

    /// What is kept in order of long timelines is made anew.
    fn order_long_timelines(&mut self) {
        let long = (1..).zip(&self.timelines).filter(|(_, timeline)| timeline.lines >= super::LONG);
        let long: Vec<u32> = long.map(|(number, _)| number).collect();
        long.into_iter().for_each(|timeline| self.order_timeline(timeline));
    }
}

/// Something that is written as bytes and read back.
trait Bytes: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(from: &mut Source<'_>) -> Option<Self>;

    /// So many, one behind the other.
    fn take_all(from: &mut Source<'_>, count: usize) -> Option<Vec<Self>> {
        // A count that the bytes cannot hold must not be believed.
        let mut all = Vec::with_capacity(count.min(from.left()));
        for _ in 0..count {
            all.push(Self::take(from)?);
        }
        Some(all)
    }
}

/// Something that always takes the same number of bytes.
trait Plain: Sized {
    fn put_plain(&self, out: &mut Vec<u8>);
    fn take_plain(from: &mut &[u8]) -> Option<Self>;
}

/// So many that each take `SIZE` bytes, a block of them at a time: nothing about the length is asked
/// for each of them again.
fn take_rows<T: Plain, const SIZE: usize>(from: &mut Source<'_>, count: usize) -> Option<Vec<T>> {
    if count.checked_mul(SIZE)? > from.left() {
        return None;
    }
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let rows = (count - all.len()).min(Source::BLOCK / SIZE);
        for row in from.bytes(rows * SIZE)?.as_chunks::<SIZE>().0 {
            let mut row = row.as_slice();
            all.push(T::take_plain(&mut row)?);
            if !row.is_empty() {
                return None;
            }
        }
    }
    Some(all)
}

macro_rules! bytes_of_plain {
    ($($name:ty = $size:literal),* $(,)?) => {$(
        impl Bytes for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.put_plain(out);
            }

            fn take(from: &mut Source<'_>) -> Option<Self> {
                Self::take_plain(&mut from.bytes($size)?)
            }

            fn take_all(from: &mut Source<'_>, count: usize) -> Option<Vec<Self>> {
                take_rows::<Self, $size>(from, count)
            }
        }
    )*};
}

bytes_of_plain! {
    RightsChange = 1, u8 = 1, u32 = 4, u64 = 8, i32 = 4, Recorded = 8, Rights = 1, Hash = 32, Head = 40, Cell = 16,
    Activity = 1, Door = 1, Timeline = 24, EnrollmentFacts = 34, EarlierDays = 13, LineFacts = 37,
    Slot = 16,
}

macro_rules! plain_numbers {
    ($($number:ty),*) => {$(
        impl Plain for $number {
            fn put_plain(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn take_plain(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*bytes))
            }
        }
    )*};
}

plain_numbers!(u8, u32, u64, i32, i64);

macro_rules! field_by_field {
    ($what:ident $put:ident $take:ident $from:ty: $($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl $what for $name {
            fn $put(&self, out: &mut Vec<u8>) {
                $(self.$field.$put(out);)*
            }

            fn $take(from: &mut $from) -> Option<Self> {
                $(let $field = $what::$take(from)?;)*
                Some($name { $($field),* })
            }
        }
    )*};
}

field_by_field! { Plain put_plain take_plain &[u8]:
    Timeline { participant, program, next, newest_enrollment, newest_line, lines }
    EnrollmentFacts {
        timeline, start, end, entered, changed, closed, supersedes, older, status, ending,
    }
    EarlierDays { from, start, end, ending }
    LineFacts {
        timeline, staff, start, end, entered, changed, closed, role, older, status,
    }
    Slot { start, end, timeline, line }
    Head { position, hash }
}

field_by_field! { Bytes put take Source<'_>:
    RightsFact { at, program, rights, change }
    StaffFacts { names, activity, rights, held }
    ProgramFacts { names, policies, doors, timelines }
    Parts { cells, uuids, arena, places, newer, erased }
}

macro_rules! one_byte {
    ($($name:ident { $($variant:ident = $byte:literal),* })*) => {$(
        impl Plain for $name {
            fn put_plain(&self, out: &mut Vec<u8>) {
                out.push(match self { $($name::$variant => $byte),* });
            }

            fn take_plain(from: &mut &[u8]) -> Option<Self> {
                match u8::take_plain(from)? {
                    $($byte => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

one_byte! {
    Status { Current = 0, Superseded = 1, Voided = 2 }
    Ending { AsEntered = 0, Dismissed = 1 }
    Activity { Active = 0, Deactivated = 1 }
    Door { Open = 0, Closed = 1 }
    RightsChange { Granted = 0, Revoked = 1 }
}

impl Plain for Hash {
    fn put_plain(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }

    fn take_plain(from: &mut &[u8]) -> Option<Self> {
        let (bytes, rest) = from.split_first_chunk::<32>()?;
        *from = rest;
        Some(Hash::new(*bytes))
    }
}

impl Plain for Recorded {
    fn put_plain(&self, out: &mut Vec<u8>) {
        self.micros().put_plain(out);
    }

    fn take_plain(from: &mut &[u8]) -> Option<Self> {
        i64::take_plain(from).map(Recorded::from_micros)
    }
}

impl Plain for Rights {
    fn put_plain(&self, out: &mut Vec<u8>) {
        out.push(self.to_bits());
    }

    fn take_plain(from: &mut &[u8]) -> Option<Self> {
        u8::take_plain(from).map(Rights::from_bits)
    }
}

impl Plain for Cell {
    fn put_plain(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    fn take_plain(from: &mut &[u8]) -> Option<Self> {
        let (bytes, rest) = from.split_first_chunk()?;
        *from = rest;
        Some(Cell(*bytes))
    }
}

impl Bytes for String {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        let length = usize::try_from(u64::take(from)?).ok()?;
        String::from_utf8(u8::take_all(from, length)?).ok()
    }
}

impl Bytes for Role {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_str().to_owned().put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        String::take(from).map(|text| Role::stored(&text))
    }
}

impl Bytes for Name {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_str().to_owned().put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        String::take(from).map(|text| Name::stored(&text))
    }
}

/// Policies are few: as JSON.
impl Bytes for Arc<Policy> {
    fn put(&self, out: &mut Vec<u8>) {
        serde_json::to_string(&**self).unwrap_or_default().put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        serde_json::from_str(&String::take(from)?).ok().map(Arc::new)
    }
}

impl<T: Bytes> Bytes for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        match u8::take(from)? {
            0 => Some(None),
            1 => T::take(from).map(Some),
            _ => None,
        }
    }
}

impl<A: Bytes, B: Bytes> Bytes for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl<T: Bytes> Bytes for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|value| value.put(out));
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        let count = usize::try_from(u64::take(from)?).ok()?;
        T::take_all(from, count)
    }
}

impl<T: Bytes> Bytes for HashMap<u32, T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        let length = usize::try_from(u64::take(from)?).ok()?;
        (0..length).map(|_| Some((u32::take(from)?, T::take(from)?))).collect()
    }
}

impl Bytes for Slots {
    fn put(&self, out: &mut Vec<u8>) {
        let slots: Vec<Slot> = self.iter().collect();
        slots.put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        Vec::take(from).map(|slots: Vec<Slot>| Slots::in_order(&slots))
    }
}

impl Bytes for Texts {
    fn put(&self, out: &mut Vec<u8>) {
        self.parts().put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        Parts::take(from).and_then(Texts::of_parts)
    }
}

impl Bytes for State {
    fn put(&self, out: &mut Vec<u8>) {
        LEVEL.put(out);
        self.head.put(out);
        self.marks.put(out);
        self.recorded.put(out);
        self.actors.put(out);
        self.texts.iter().for_each(|texts| texts.put(out));
        self.roles.put(out);
        self.programs.put(out);
        self.staff.put(out);
        self.newest_timeline.put(out);
        self.timelines.put(out);
        self.enrollments.put(out);
        self.earlier_days.put(out);
        self.dismissals.put(out);
        self.lines.put(out);
        self.earlier_ends.put(out);
        self.line_supersedes.put(out);
    }

    fn take(from: &mut Source<'_>) -> Option<Self> {
        if u32::take(from)? != LEVEL {
            return None;
        }
        let mut state = State::new();
        state.head = Head::take(from)?;
        state.marks = Vec::take(from)?;
        state.recorded = Vec::take(from)?;
        state.actors = Vec::take(from)?;
        for texts in &mut state.texts {
            *texts = Texts::take(from)?;
        }
        state.roles = Vec::take(from)?;
        state.role_numbers = state.roles.iter().cloned().zip(1..).collect();
        state.programs = Vec::take(from)?;
        state.staff = Vec::take(from)?;
        state.newest_timeline = Vec::take(from)?;
        state.timelines = Vec::take(from)?;
        state.enrollments = Vec::take(from)?;
        state.earlier_days = HashMap::take(from)?;
        state.dismissals = HashMap::take(from)?;
        state.lines = Vec::take(from)?;
        state.earlier_ends = HashMap::take(from)?;
        state.line_supersedes = HashMap::take(from)?;
        Some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Agency, MemoryLog, jsonl::Replay};

    fn state() -> State {
        let log = MemoryLog::new();
        let mut replay = Replay::new(Agency::open(log.clone()).unwrap());
        let say = |replay: &mut Replay, text: &str| {
            let line = format!("{{{text},\"actor\":\"root\",\"on\":\"2024-06-15\"}}");
            let answer = replay.line(&line).unwrap();
            assert!(answer.contains("\"ok\":true"), "{answer}");
        };
        for text in [
            r#""op":"define_program","id":"p1","policy":{"roles":["primary"]}"#,
            r#""op":"register_staff","id":"s1","rights":["own"]"#,
            r#""op":"enroll","id":"e1","participant":"c1","program":"p1","start":"2024-01-01""#,
            r#""op":"replace_id","kind":"staff","id":"s1","new_id":"s2","reason":"renamed""#,
        ] {
            say(&mut replay, text);
        }
        for n in 0..60 {
            let (start, end) = (n * 3 + 1, n * 3 + 2);
            let day = |n: i32| crate::Day::from_ymd(2024, 1, 1).unwrap().plus(n).unwrap();
            say(
                &mut replay,
                &format!(
                    r#""op":"assign","id":"a{n}","staff":"s2","participant":"c1","program":"p1","role":"primary","start":"{}","end":"{}""#,
                    day(start),
                    day(end),
                ),
            );
        }
        say(&mut replay, r#""op":"end_enrollment","id":"e1","end":"2024-12-01""#);
        let mut state = State::new();
        for entry in log.snapshot() {
            state.fold(&entry).unwrap();
        }
        state
    }

    #[test]
    fn a_state_is_read_back_as_it_was() {
        let state = state();
        let bytes = state.to_checkpoint();
        let read = State::from_checkpoint(bytes.clone().into()).unwrap();
        assert_eq!(read.to_checkpoint().len(), bytes.len());
        assert_eq!(format!("{:?}", read.lines), format!("{:?}", state.lines));
        assert_eq!(format!("{:?}", read.long_timelines), format!("{:?}", state.long_timelines));
        assert_eq!(read.head(), state.head());
        assert_eq!(read.texts(crate::Kind::Staff).find_at("s2", u32::MAX), Some(1));
    }

    #[test]
    fn anything_odd_is_dropped() {
        let bytes = state().to_checkpoint();
        for cut in (0..bytes.len()).step_by(97) {
            assert!(State::from_checkpoint(bytes[..cut].to_vec().into()).is_none());
            let mut flipped = bytes.clone();
            flipped[cut] ^= 1;
            assert!(State::from_checkpoint(flipped.into()).is_none());
        }
    }
}
