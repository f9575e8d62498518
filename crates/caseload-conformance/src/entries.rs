//! Entries to be stored: a short story of one agency, told over and over with the next participant.

use caseload::{
    Cause, Code, Day, Policy, RequestId, Rights, StoreError,
    body::{Body, Fact, Mentions},
    log::{Entry, Head, MAX_ENTRY_BYTES, Position, PrivateItems, Recorded},
};

/// Where the story begins: 2024-01-01, and the instant 2024-01-01T00:00:00.123457Z.
const FIRST_DAY: i32 = 738_886;
const FIRST_INSTANT: i64 = 1_704_067_200_123_457;
/// Between two entries: more than a second and no round number, so that rounding shows.
const STEP: i64 = 1_000_003;
/// How often a big body repeats itself: about 2 MiB.
const BIG_BODY: usize = 80_000;

/// One agency's story: a program, two staff members, then for each participant an enrollment, an
/// assignment, a transfer and an end.
///
/// What an entry says follows from its position, so any number of writers can go on with the story
/// from any head. Stories with different names share no entry and no id.
///
/// ```
/// use caseload::log::Head;
/// use caseload_conformance::Story;
///
/// let entries = Story::new("a").chain(&Head::START, 6)?;
/// let head = entries.iter().try_fold(Head::START, |head, entry| {
///     entry.continues(&head).then(|| entry.head())
/// });
/// assert_eq!(head.map(|head| head.position), Some(6));
/// # Ok::<(), caseload::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    name: String,
}

impl Story {
    /// A story whose ids begin with this name.
    pub fn new(name: impl Into<String>) -> Story {
        Story { name: name.into() }
    }

    /// The entry after a head, with a request id by its position: see [`Story::request`].
    ///
    /// # Errors
    /// [`StoreError`] if the story's name makes no id.
    pub fn next(&self, after: &Head) -> Result<Entry, StoreError> {
        let request = self.request(after.position.saturating_add(1))?;
        self.next_as(after, Some(request))
    }

    /// The entry after a head, with this request id or with none.
    ///
    /// # Errors
    /// [`StoreError`] if the position is beyond what the story can tell.
    pub fn next_as(&self, after: &Head, request: Option<RequestId>) -> Result<Entry, StoreError> {
        Telling::new(self, after)?.seal(after, request)
    }

    /// So many entries after a head.
    ///
    /// # Errors
    /// As [`Story::next`].
    pub fn chain(&self, after: &Head, count: usize) -> Result<Vec<Entry>, StoreError> {
        let mut entries: Vec<Entry> = Vec::with_capacity(count);
        for _ in 0..count {
            let next = self.next(entries.last().map(Entry::head).as_ref().unwrap_or(after))?;
            entries.push(next);
        }
        Ok(entries)
    }

    /// An entry of exactly [`MAX_ENTRY_BYTES`], half of it body, half private items.
    ///
    /// # Errors
    /// As [`Story::next`].
    pub fn big(&self, after: &Head) -> Result<Entry, StoreError> {
        let told = |filler: usize| {
            let mut telling = Telling::new(self, after)?;
            telling.left = vec![(1, Code::AssignmentEnded); BIG_BODY];
            telling.also.push("x".repeat(filler));
            telling.seal(after, Some(self.request(after.position.saturating_add(1))?))
        };
        told(MAX_ENTRY_BYTES.saturating_sub(told(0)?.size()))
    }

    /// The request id of the entry at a position, where none is given.
    ///
    /// # Errors
    /// [`StoreError`] if the story's name makes no id.
    pub fn request(&self, position: Position) -> Result<RequestId, StoreError> {
        request(&format!("{}-r{position}", self.name))
    }
}

/// A request id of a text.
///
/// # Errors
/// [`StoreError::Backend`] if the text is no id.
pub fn request(text: &str) -> Result<RequestId, StoreError> {
    RequestId::new(text).map_err(|error| beyond(&error.to_string()))
}

/// One entry as it is put together.
struct Telling {
    position: Position,
    day: i32,
    facts: Vec<Fact>,
    left: Vec<(u32, Code)>,
    new: Mentions,
    /// The texts of the ids mentioned first.
    ids: Vec<String>,
    /// Further private texts.
    also: Vec<String>,
}

impl Telling {
    fn new(story: &Story, after: &Head) -> Result<Telling, StoreError> {
        let position = after.position.saturating_add(1);
        let number = u32::try_from(position / 4).map_err(|_| beyond("a story of that length"))?;
        let day = i32::try_from(position).ok().and_then(|day| day.checked_add(FIRST_DAY));
        let mut telling = Telling {
            position,
            day: day.ok_or_else(|| beyond("a story of that length"))?,
            facts: Vec::new(),
            left: Vec::new(),
            new: Mentions::default(),
            ids: Vec::new(),
            also: Vec::new(),
        };
        match position {
            1 => telling.define_program(story),
            2 | 3 => telling.register_staff(story, position),
            _ => telling.serve(story, number)?,
        }
        Ok(telling)
    }

    fn define_program(&mut self, story: &Story) {
        self.new = Mentions([0, 0, 1, 0, 0, 0]);
        self.ids = vec![format!("{}-program", story.name)];
        self.also = vec!["Housing first".to_owned()];
        let policy = Box::new(policy());
        self.facts = vec![Fact::ProgramDefined { name: Some(1), policy, program: 1 }];
    }

    fn register_staff(&mut self, story: &Story, position: Position) {
        let staff = if position == 2 { 1 } else { 2 };
        self.new = Mentions([0, 1, 0, 0, 0, 0]);
        self.ids = vec![format!("{}-staff-{staff}", story.name)];
        self.facts = vec![Fact::StaffRegistered { name: None, rights: Rights::ALL, staff }];
    }

    /// What happens with participant `number`, in four entries.
    fn serve(&mut self, story: &Story, number: u32) -> Result<(), StoreError> {
        let second = number.checked_mul(2).ok_or_else(|| beyond("a story of that length"))?;
        let first = second.saturating_sub(1);
        let (fact, new, ids) = match self.position % 4 {
            0 => (self.enrolled(number)?, [1, 0, 0, 1, 0, 0], vec![('p', number), ('e', number)]),
            1 => (self.assigned(number, first)?, [0, 0, 0, 0, 1, 0], vec![('a', first)]),
            2 => (self.transferred(first, second)?, [0, 0, 0, 0, 1, 0], vec![('a', second)]),
            _ => (self.ended(second)?, [0; 6], vec![]),
        };
        self.new = Mentions(new);
        self.ids = ids.iter().map(|(kind, id)| format!("{}-{kind}{id}", story.name)).collect();
        self.facts = vec![fact];
        Ok(())
    }

    fn enrolled(&self, number: u32) -> Result<Fact, StoreError> {
        let start = self.day()?;
        Ok(Fact::Enrolled { end: None, enrollment: number, participant: number, program: 1, start })
    }

    fn assigned(&self, participant: u32, assignment: u32) -> Result<Fact, StoreError> {
        let start = self.day()?;
        Ok(Fact::Assigned {
            assignment,
            end: None,
            participant,
            program: 1,
            role: None,
            staff: 1,
            start,
        })
    }

    fn transferred(&self, assignment: u32, by: u32) -> Result<Fact, StoreError> {
        let date = self.day()?;
        Ok(Fact::Transferred { assignment, by, date, reason: None, role: None, staff: 2 })
    }

    fn ended(&mut self, assignment: u32) -> Result<Fact, StoreError> {
        self.also = vec!["moved to another county".to_owned()];
        let end = self.day()?;
        Ok(Fact::AssignmentEnded { assignment, cause: Cause::Command, end, reason: Some(0) })
    }

    fn day(&self) -> Result<Day, StoreError> {
        Day::from_number(self.day).ok_or_else(|| beyond("a story of that length"))
    }

    fn seal(mut self, after: &Head, request: Option<RequestId>) -> Result<Entry, StoreError> {
        let on = self.day()?;
        let asked = match &request {
            Some(_) => {
                let index = self.ids.len().saturating_add(self.also.len());
                self.also.push(format!("{:064x}", self.position));
                u32::try_from(index).ok()
            }
            None => None,
        };
        let mut items = PrivateItems::default();
        for (index, text) in self.ids.into_iter().chain(self.also).enumerate() {
            items.push(salt(self.position, index), text);
        }
        let body = Body {
            actor: 0,
            entered: None,
            facts: self.facts,
            left: self.left,
            new: self.new,
            notices: Vec::new(),
            on,
            private: items.digest(),
            request: asked,
            rows: None,
        };
        let instant = i64::try_from(self.position).unwrap_or(i64::MAX).saturating_mul(STEP);
        let recorded = Recorded::from_micros(FIRST_INSTANT.saturating_add(instant));
        Ok(Entry::sealed(after, recorded, request, body.encode()?, items.pack()))
    }
}

fn policy() -> Policy<u32> {
    let Policy {
        batch_history,
        caseload_limit,
        entry_order,
        former_access_days,
        hand_off,
        max_staff,
        on_enrollment_end,
        one_primary,
        planned_starts,
        roles: _,
        visibility,
        zero_day,
    } = Policy::default();
    Policy {
        batch_history,
        caseload_limit,
        entry_order,
        former_access_days,
        hand_off,
        max_staff,
        on_enrollment_end,
        one_primary,
        planned_starts,
        roles: None,
        visibility,
        zero_day,
    }
}

/// Sixteen bytes that no other item of the story has; a real log takes them at random.
fn salt(position: Position, index: usize) -> [u8; 16] {
    let index = u64::try_from(index).unwrap_or(u64::MAX);
    (u128::from(position) << 64 | u128::from(index)).to_le_bytes()
}

fn beyond(what: &str) -> StoreError {
    StoreError::Backend { what: format!("the conformance suite: {what}"), cause: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_reads_back_and_numbers_what_it_mentions() {
        let entries = Story::new("a").chain(&Head::START, 40).unwrap();
        let mut known = [0u32; 6];
        for entry in &entries {
            let body = Body::decode(entry.position, &entry.body).unwrap();
            let items = PrivateItems::unpack(&entry.private).unwrap();
            assert!(body.seals(&items));
            assert_eq!(body.encode().unwrap(), entry.body);
            assert!(body.new.0.iter().sum::<u32>() < u32::try_from(items.len()).unwrap());
            known.iter_mut().zip(body.new.0).for_each(|(sum, new)| *sum += new);
            let [participants, staff, programs, enrollments, assignments, _] = known;
            match &body.facts[..] {
                [Fact::ProgramDefined { program, .. }] => assert_eq!(*program, programs),
                [Fact::StaffRegistered { staff: number, .. }] => assert_eq!(*number, staff),
                [Fact::Enrolled { enrollment, participant, .. }] => {
                    assert_eq!((*enrollment, *participant), (enrollments, participants));
                }
                [Fact::Assigned { assignment, participant, .. }] => {
                    assert_eq!((*assignment, *participant), (assignments, participants));
                }
                [Fact::Transferred { assignment, by, .. }] => {
                    assert_eq!((*assignment, *by), (assignments - 1, assignments));
                }
                [Fact::AssignmentEnded { assignment, .. }] => assert_eq!(*assignment, assignments),
                other => panic!("{other:?}"),
            }
        }
        assert!(entries.windows(2).all(|pair| pair[0].recorded < pair[1].recorded));
    }

    #[test]
    fn stories_share_nothing() {
        let one = Story::new("a").chain(&Head::START, 9).unwrap();
        let other = Story::new("b").chain(&Head::START, 9).unwrap();
        assert!(one.iter().zip(&other).all(|(one, other)| one.hash != other.hash));
    }

    #[test]
    fn the_biggest_entry_is_as_big_as_may_be() {
        let big = Story::new("a").big(&Head::START).unwrap();
        assert_eq!(big.size(), MAX_ENTRY_BYTES);
        assert!(big.body.len() > 1_500_000 && big.private.len() > 1_500_000);
        Body::decode(1, &big.body).unwrap();
    }
}
