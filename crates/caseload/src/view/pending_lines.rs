//! The pending lines of an overlay, found by id, by participant and by staff member.
//!
//! Mostly a participant or a staff member has few of them: those are a chain, newest first. Once they
//! are many they are kept in order, too, so that a batch about one timeline costs no more a row at its
//! end than at its beginning.

use crate::{
    Assignment, AssignmentId, Day, ParticipantId, Period, StaffId,
    hash::FastMap,
    state::{GONE, Slot, Slots, days},
};

/// A line as the pending events have it, and as the base has it (if it does).
#[derive(Debug)]
pub(super) struct PendingLine {
    pub(super) now: Assignment,
    pub(super) base: Option<Box<Assignment>>,
    /// The pending lines before it of the same participant, and of the same staff member.
    before: Option<usize>,
    held_before: Option<usize>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct PendingLines {
    lines: Vec<PendingLine>,
    places: FastMap<AssignmentId, usize>,
    of: FastMap<ParticipantId, Group>,
    held_by: FastMap<StaffId, Group>,
}

/// The pending lines that one participant or one staff member has.
#[derive(Debug, Default)]
struct Group {
    last: Option<usize>,
    count: u32,
    many: Option<Box<Many>>,
}

/// From so many on they are kept in order, too.
const MANY: u32 = 48;

#[derive(Debug, Default)]
struct Many {
    in_order: Slots,
    /// Those that the base has, too.
    changed: Vec<usize>,
}

impl PendingLines {
    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Makes room for so many new lines.
    pub(super) fn reserve(&mut self, lines: usize) {
        self.lines.reserve(lines);
        self.places.reserve(lines);
        self.of.reserve(lines);
    }

    pub(super) fn has(&self, id: &AssignmentId) -> bool {
        self.places.contains_key(id)
    }

    pub(super) fn has_any_of(&self, participant: &ParticipantId) -> bool {
        self.of.contains_key(participant)
    }

    pub(super) fn get(&self, id: &AssignmentId) -> Option<&PendingLine> {
        self.lines.get(*self.places.get(id)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &PendingLine> {
        self.lines.iter()
    }

    /// Adds a new line.
    pub(super) fn add(&mut self, line: Assignment) {
        self.push(line, None);
    }

    /// Adds a line that the base has otherwise.
    pub(super) fn add_changed(&mut self, now: Assignment, base: Assignment) {
        self.push(now, Some(Box::new(base)));
    }

    fn push(&mut self, now: Assignment, base: Option<Box<Assignment>>) {
        let place = self.lines.len();
        self.places.insert(now.id.clone(), place);
        let of = self.of.entry(now.participant.clone()).or_default();
        let held_by = self.held_by.entry(now.staff.clone()).or_default();
        let (before, held_before) = (of.join(place), held_by.join(place));
        self.lines.push(PendingLine { now, base, before, held_before });
        of.put_in_order(&self.lines, place, |line| line.before);
        held_by.put_in_order(&self.lines, place, |line| line.held_before);
    }

    /// Changes the end or the status of a pending line; `None` where it is not pending.
    pub(super) fn change(
        &mut self,
        id: &AssignmentId,
        change: impl FnOnce(&mut Assignment),
    ) -> Option<()> {
        let place = *self.places.get(id)?;
        let line = &mut self.lines.get_mut(place)?.now;
        change(line);
        let slot = slot(line, place);
        let groups = [self.of.get_mut(&line.participant), self.held_by.get_mut(&line.staff)];
        for many in groups.into_iter().flatten().filter_map(|group| group.many.as_mut()) {
            many.in_order.set_end(slot.start, slot.line, slot.end);
        }
        Some(())
    }

    /// Calls back with at least those of a participant that are held on a day of a period.
    pub(super) fn each_of(
        &self,
        participant: &ParticipantId,
        period: Option<Period>,
        found: impl FnMut(&PendingLine),
    ) {
        let group = self.of.get(participant);
        self.each(group, period, |line| line.before, found);
    }

    /// The same of a staff member.
    pub(super) fn each_held_by(
        &self,
        staff: &StaffId,
        period: Option<Period>,
        found: impl FnMut(&PendingLine),
    ) {
        self.each(self.held_by.get(staff), period, |line| line.held_before, found);
    }

    fn each(
        &self,
        group: Option<&Group>,
        period: Option<Period>,
        before: Before,
        mut found: impl FnMut(&PendingLine),
    ) {
        match group.and_then(|group| group.many.as_ref()) {
            Some(many) => many.in_order.each_held_with(period, |slot| {
                self.lines.get(slot.line as usize).into_iter().for_each(&mut found);
            }),
            None => self.chain(group, before).for_each(found),
        }
    }

    /// Calls back with at least those of a participant that count and start after a day.
    pub(super) fn each_starting_after(
        &self,
        participant: &ParticipantId,
        day: Day,
        mut found: impl FnMut(&PendingLine),
    ) {
        let group = self.of.get(participant);
        match group.and_then(|group| group.many.as_ref()) {
            Some(many) => {
                let later = many.in_order.iter().rev().take_while(|slot| slot.start > day.number());
                later.filter_map(|slot| self.lines.get(slot.line as usize)).for_each(found);
            }
            None => {
                let starts_after = |line: &&PendingLine| line.now.period.start() > day;
                self.chain(group, |line| line.before).filter(starts_after).for_each(&mut found);
            }
        }
    }

    /// Calls back with those of a participant that the base has, too.
    pub(super) fn each_changed_of(
        &self,
        participant: &ParticipantId,
        found: impl FnMut(&PendingLine),
    ) {
        self.each_changed(self.of.get(participant), |line| line.before, found);
    }

    /// The same of a staff member.
    pub(super) fn each_changed_held_by(&self, staff: &StaffId, found: impl FnMut(&PendingLine)) {
        self.each_changed(self.held_by.get(staff), |line| line.held_before, found);
    }

    fn each_changed(&self, group: Option<&Group>, before: Before, found: impl FnMut(&PendingLine)) {
        match group.and_then(|group| group.many.as_ref()) {
            Some(many) => {
                many.changed.iter().filter_map(|place| self.lines.get(*place)).for_each(found);
            }
            None => self.chain(group, before).filter(|line| line.base.is_some()).for_each(found),
        }
    }

    fn chain(&self, group: Option<&Group>, before: Before) -> impl Iterator<Item = &PendingLine> {
        let last = group.and_then(|group| group.last);
        chain(&self.lines, last, before).filter_map(|place| self.lines.get(place))
    }
}

/// The line before a line in one of its chains.
type Before = fn(&PendingLine) -> Option<usize>;

/// The places of a chain, newest first.
fn chain(
    lines: &[PendingLine],
    last: Option<usize>,
    before: Before,
) -> impl Iterator<Item = usize> {
    std::iter::successors(last, move |place| lines.get(*place).and_then(before))
}

impl Group {
    /// Takes a line to be added; gives back the one before it.
    fn join(&mut self, place: usize) -> Option<usize> {
        self.count += 1;
        self.last.replace(place)
    }

    /// Keeps the line added last in order, and with it those before, if they are many now.
    fn put_in_order(&mut self, lines: &[PendingLine], place: usize, before: Before) {
        match &mut self.many {
            Some(many) => many.add(lines, place),
            None if self.count < MANY => {}
            None => {
                let mut places: Vec<usize> = chain(lines, Some(place), before).collect();
                places.reverse();
                let mut many = Box::<Many>::default();
                places.into_iter().for_each(|place| many.add(lines, place));
                self.many = Some(many);
            }
        }
    }
}

impl Many {
    fn add(&mut self, lines: &[PendingLine], place: usize) {
        let Some(line) = lines.get(place) else { return };
        self.in_order.add(slot(&line.now, place));
        if line.base.is_some() {
            self.changed.push(place);
        }
    }
}

/// A line as it is kept in order, its place in place of its number.
fn slot(line: &Assignment, place: usize) -> Slot {
    let (start, end) = days(line.period.start(), line.period.end());
    let end = if line.is_current() { end } else { GONE };
    // A batch has at most 10,000 rows, and a caseload fits the state's own numbers.
    let line_number = u32::try_from(place).unwrap_or(u32::MAX);
    Slot { start, end, timeline: 0, line: line_number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ProgramId, Status};

    fn line(id: usize, staff: usize, start: i32, end: Option<i32>) -> Assignment {
        let day = |number| Day::from_number(730_000 + number).unwrap();
        Assignment {
            id: AssignmentId::new(format!("a{id}")).unwrap(),
            staff: StaffId::new(format!("s{staff}")).unwrap(),
            participant: ParticipantId::new("c").unwrap(),
            program: ProgramId::new("p").unwrap(),
            period: Period::checked(day(start), end.map(day)).unwrap(),
            role: None,
            status: Status::Current,
            supersedes: None,
        }
    }

    /// What the chains would tell, whether there are few or many.
    #[test]
    fn many_are_found_as_few_are() {
        let mut pending = PendingLines::default();
        let (c, s) = (ParticipantId::new("c").unwrap(), StaffId::new("s1").unwrap());
        for id in 0..200usize {
            let start = i32::try_from(id * 37 % 101).unwrap();
            let end = (id % 3 != 0).then_some(start + i32::try_from(id % 5).unwrap());
            let line = line(id, id % 2, start, end);
            if id % 4 == 0 {
                pending.add_changed(line.clone(), line);
            } else {
                pending.add(line);
            }
            if id % 7 == 3 {
                let earlier = AssignmentId::new(format!("a{}", id / 2)).unwrap();
                // One is opened again, the next one voided.
                let change = |line: &mut Assignment| match id % 2 {
                    0 => line.period = Period::from(line.period.start()),
                    _ => line.status = Status::Voided,
                };
                pending.change(&earlier, change).unwrap();
            }
            let day = Day::from_number(730_000 + start).unwrap();
            let on = Period::checked(day, day.plus(1)).unwrap();
            let names = |lines: Vec<&PendingLine>| {
                let mut ids: Vec<String> =
                    lines.iter().map(|line| line.now.id.to_string()).collect();
                ids.sort();
                ids
            };
            let held = |line: &&PendingLine| line.now.is_current() && on.held_with(line.now.period);
            let expected = names(pending.iter().filter(held).collect());
            let mut found = Vec::new();
            pending.each_of(&c, Some(on), |line| {
                found.extend(held(&line).then(|| line.now.id.to_string()));
            });
            found.sort();
            assert_eq!(found, expected);

            let later =
                |line: &&PendingLine| line.now.is_current() && line.now.period.start() > day;
            let expected = names(pending.iter().filter(later).collect());
            let mut found = Vec::new();
            pending.each_starting_after(&c, day, |line| {
                found.extend(later(&line).then(|| line.now.id.to_string()));
            });
            found.sort();
            assert_eq!(found, expected);

            let changed = |line: &&PendingLine| line.base.is_some() && line.now.staff == s;
            let mut count = 0;
            pending.each_changed_held_by(&s, |_| count += 1);
            assert_eq!(count, pending.iter().filter(changed).count());
            let mut count = 0;
            pending.each_held_by(&s, None, |line| count += usize::from(line.now.is_current()));
            let of_staff = |line: &&PendingLine| line.now.is_current() && line.now.staff == s;
            assert_eq!(count, pending.iter().filter(of_staff).count());
        }
    }
}
