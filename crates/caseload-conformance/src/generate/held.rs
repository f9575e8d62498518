//! Assignments, transfers, batches.

use serde_json::{Map, Value, json};

use super::{Generator, command};
use crate::auditor::{LineStatus, format_day};

impl Generator {
    pub(super) fn assign(&mut self) -> Map<String, Value> {
        let place = self.some_enrollment(false);
        let Some(place) = place.filter(|_| !self.dice.percent(6)) else {
            return self.wild_assign();
        };
        let facts = self.facts();
        let enrollment = facts.enrollments[place].clone();
        let participant = facts.participants[enrollment.participant].id.clone();
        let program = facts.programs[enrollment.program].id.clone();
        let latest = facts
            .assignments_of(enrollment.participant, enrollment.program)
            .into_iter()
            .map(|line| facts.assignments[line].period.start)
            .max();
        let mut start = self.offset_of(enrollment.period.start).max(self.start());
        if let (true, Some(latest)) = (self.dice.percent(70), latest) {
            start = start.max(self.offset_of(latest));
        }
        let mut end = self.maybe_end(start, 35);
        if let Some(last) = enrollment.period.end {
            // Keep inside an enrollment that ends, most of the time.
            if self.dice.percent(85) {
                let last = self.offset_of(last);
                let first = self.offset_of(enrollment.period.start);
                start = self.dice.between(first, (last - 1).max(first));
                let day = self.dice.between(start, last.max(start));
                end = json!(self.day_text(day));
            }
        }
        let staff = self.staff_for_line(enrollment.participant, enrollment.program);
        self.assign_fields(&staff, &participant, &program, start, end)
    }

    /// Somebody who does not hold the participant yet, most of the time.
    fn staff_for_line(&mut self, participant: usize, program: usize) -> String {
        for _ in 0..3 {
            let staff = self.staff();
            let facts = self.facts();
            let place = facts.find_staff(&staff);
            let holds = facts.assignments_of(participant, program).into_iter().any(|line| {
                let line = &facts.assignments[line];
                Some(line.staff) == place && line.period.end.is_none()
            });
            if !holds {
                return staff;
            }
        }
        self.staff()
    }

    fn wild_assign(&mut self) -> Map<String, Value> {
        let (staff, participant, program) = (self.staff(), self.participant(), self.program());
        let start = self.start();
        let end = self.maybe_end(start, 30);
        self.assign_fields(&staff, &participant, &program, start, end)
    }

    fn assign_fields(
        &mut self,
        staff: &str,
        participant: &str,
        program: &str,
        start: i32,
        end: Value,
    ) -> Map<String, Value> {
        let mut fields = json!({
            "id": self.mostly_new_id("a", participant),
            "staff": staff, "participant": participant, "program": program,
            "start": self.day_text(start), "end": end,
        });
        let role = self.role(program);
        if !role.is_null() || self.dice.percent(20) {
            fields["role"] = role;
        }
        let mut fields = command("assign", fields);
        // People often take cases themselves.
        if self.dice.percent(12) {
            fields.insert("actor".to_string(), json!(staff));
        }
        fields
    }

    fn assignment_id(&mut self, open: bool) -> (Option<usize>, String) {
        let place = self.some_assignment(open);
        let id = place.map(|place| self.facts().assignments[place].id.clone());
        (place, self.or_unknown(id))
    }

    /// A day on which a line may end.
    fn day_for(&mut self, place: Option<usize>) -> i32 {
        let start = match place {
            Some(place) => self.offset_of(self.facts().assignments[place].period.start),
            None => self.start(),
        };
        match self.dice.below(100) {
            0..=3 => start - 2,
            4..=20 => start,
            21..=50 => start + self.dice.between(1, 12),
            _ => start.max(self.start()),
        }
    }

    fn participant_of(&self, place: Option<usize>) -> String {
        let facts = self.facts();
        match place {
            Some(place) => facts.participants[facts.assignments[place].participant].id.clone(),
            None => "none".to_string(),
        }
    }

    fn holder_of(&self, place: Option<usize>) -> Option<String> {
        let facts = self.facts();
        place.map(|place| facts.staff[facts.assignments[place].staff].id.clone())
    }

    /// Lets the holder act for themselves now and then.
    fn maybe_own(&mut self, fields: &mut Map<String, Value>, place: Option<usize>) {
        if let (true, Some(holder)) = (self.dice.percent(15), self.holder_of(place)) {
            fields.insert("actor".to_string(), json!(holder));
        }
    }

    pub(super) fn end_assignment(&mut self) -> Map<String, Value> {
        let (place, id) = self.assignment_id(true);
        let end = self.day_for(place);
        let mut fields = json!({"id": id, "end": self.day_text(end)});
        if self.dice.percent(40) {
            fields["reason"] = self.reason();
        }
        let mut fields = command("end_assignment", fields);
        self.maybe_own(&mut fields, place);
        fields
    }

    pub(super) fn transfer(&mut self) -> Map<String, Value> {
        let (place, id) = self.assignment_id(true);
        let date = self.day_for(place);
        let participant = self.participant_of(place);
        let mut to_staff = self.staff();
        if Some(&to_staff) == self.holder_of(place).as_ref() && self.dice.percent(80) {
            to_staff = self.staff();
        }
        let mut fields = json!({
            "id": id, "new_id": self.mostly_new_id("a", &participant),
            "to_staff": to_staff, "date": self.day_text(date),
        });
        if self.dice.percent(20) {
            let program = match place {
                Some(place) => {
                    let facts = self.facts();
                    facts.programs[facts.assignments[place].program].id.clone()
                }
                None => self.program(),
            };
            fields["role"] = self.role(&program);
        }
        if self.dice.percent(20) {
            fields["reason"] = self.reason();
        }
        let mut fields = command("transfer", fields);
        self.maybe_own(&mut fields, place);
        fields
    }

    pub(super) fn transfer_all(&mut self) -> Map<String, Value> {
        let place = self.some_assignment(true);
        let staff = match self.holder_of(place) {
            Some(staff) if !self.dice.percent(10) => staff,
            _ => self.staff(),
        };
        let mut to_staff = self.staff();
        if to_staff == staff && self.dice.percent(85) {
            to_staff = self.staff();
        }
        let program = match self.dice.below(10) {
            0..=4 => Value::Null,
            5..=7 => match place {
                Some(place) => {
                    let facts = self.facts();
                    json!(facts.programs[facts.assignments[place].program].id)
                }
                None => json!(self.program()),
            },
            _ => json!(self.program()),
        };
        let number = self.number();
        let prefix = match self.dice.below(80) {
            0 => "t".repeat(127),
            _ => format!("t{number}"),
        };
        let date = self.day_for(place) + self.dice.between(0, 5);
        let mut fields = json!({
            "staff": staff, "to_staff": to_staff, "program": program,
            "date": self.day_text(date), "prefix": prefix,
        });
        if self.dice.percent(30) {
            let only: Vec<String> =
                (0..1 + self.dice.below(3)).map(|_| self.participant()).collect();
            fields["only"] = json!(only);
        }
        if self.dice.percent(55) {
            fields["on_held"] = json!(self.dice.word(&["refuse", "end_source", "end_source"]));
        }
        if self.dice.percent(60) {
            fields["skip_ineligible"] = json!(self.dice.percent(80));
        }
        let mut fields = command("transfer_all", fields);
        self.maybe_own(&mut fields, place);
        fields
    }

    pub(super) fn correct(&mut self) -> Map<String, Value> {
        let (place, id) = self.assignment_id(false);
        let participant = self.participant_of(place);
        let (start, end) = match place {
            Some(place) => {
                let period = self.facts().assignments[place].period;
                (self.offset_of(period.start), period.end)
            }
            None => (self.start(), None),
        };
        let start = start + self.dice.between(-3, 4);
        let end = match end {
            Some(end) if self.dice.percent(60) => json!(format_day(end + self.dice.between(-1, 3))),
            _ => self.maybe_end(start, 35),
        };
        let mut fields = json!({
            "id": id, "new_id": self.mostly_new_id("a", &participant),
            "start": self.day_text(start), "end": end, "reason": self.reason(),
        });
        if self.dice.percent(30) {
            fields["staff"] = json!(self.staff());
        }
        if self.dice.percent(20) {
            fields["role"] = json!(self.dice.word(&["primary", "backup"]));
        }
        command("correct", fields)
    }

    pub(super) fn void(&mut self) -> Map<String, Value> {
        let (_, id) = self.assignment_id(false);
        command("void", json!({"id": id, "reason": self.reason()}))
    }

    pub(super) fn batch(&mut self) -> Map<String, Value> {
        let mut rows = Vec::new();
        if self.dice.below(250) == 0 {
            rows = vec![json!({}); 10_001];
        } else {
            for _ in 0..self.dice.below(5) {
                rows.push(self.batch_row());
            }
        }
        let mode = self.dice.word(&["all_or_nothing", "partial"]);
        command("batch", json!({"mode": mode, "rows": rows}))
    }

    fn batch_row(&mut self) -> Value {
        let mut row = if self.dice.percent(65) { self.assign() } else { self.end_assignment() };
        row.remove("actor");
        match self.dice.below(100) {
            0..=2 => {
                row = command("transfer", json!({"id": "a1"}));
            }
            3 => {
                row.insert("actor".to_string(), json!("root"));
            }
            4 => {
                row.insert("colour".to_string(), json!("blue"));
            }
            5 => {
                row.remove("op");
            }
            6 => {
                row.insert("start".to_string(), json!("soon"));
                row.insert("end".to_string(), json!("later"));
            }
            7 => return json!("row"),
            _ => {}
        }
        Value::Object(row)
    }

    /// Whether somebody may still be handed over.
    pub(super) fn has_open_lines(&self) -> bool {
        let mut lines = self.facts().assignments.iter();
        lines.any(|line| line.status == LineStatus::Current && line.period.end.is_none())
    }

    /// Whether anything is assigned on some line that is current.
    pub(super) fn has_lines(&self) -> bool {
        self.facts().assignments.iter().any(|line| line.status == LineStatus::Current)
    }
}
