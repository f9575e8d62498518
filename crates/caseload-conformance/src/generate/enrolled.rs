//! Enrollments.

use serde_json::{Map, Value, json};

use super::{Generator, command};
use crate::auditor::{LineStatus, format_day};

impl Generator {
    pub(super) fn enroll(&mut self) -> Map<String, Value> {
        let mut participant = self.participant();
        let mut program = self.program();
        // Look for somebody who is not there yet.
        for _ in 0..4 {
            let facts = self.facts();
            let there = match (facts.find_participant(&participant), facts.find_program(&program)) {
                (Some(participant), Some(program)) => facts
                    .enrollments_of(participant, program)
                    .into_iter()
                    .any(|place| facts.enrollments[place].period.end.is_none()),
                _ => false,
            };
            if !there {
                break;
            }
            participant = self.participant();
            program = self.program();
        }
        if self.dice.percent(2) {
            participant = self.old_id().unwrap_or(participant);
        }
        let start = self.start() - self.dice.between(0, 6);
        let end = self.maybe_end(start, 30);
        let id = self.mostly_new_id("e", &participant);
        command(
            "enroll",
            json!({
                "id": id, "participant": participant, "program": program,
                "start": self.day_text(start), "end": end,
            }),
        )
    }

    fn enrollment_id(&mut self, open: bool) -> (Option<usize>, String) {
        let place = self.some_enrollment(open);
        let id = place.map(|place| self.facts().enrollments[place].id.clone());
        (place, self.or_unknown(id))
    }

    fn start_of(&mut self, place: Option<usize>) -> i32 {
        match place {
            Some(place) => self.offset_of(self.facts().enrollments[place].period.start),
            None => self.start(),
        }
    }

    pub(super) fn end_enrollment(&mut self) -> Map<String, Value> {
        let (place, id) = self.enrollment_id(true);
        let start = self.start_of(place);
        let end = match self.dice.below(100) {
            0..=3 => start - 2,
            4..=17 => start,
            18..=45 => start + self.dice.between(1, 30),
            _ => start.max(self.start() + self.dice.between(0, 15)),
        };
        let mut fields = json!({"id": id, "end": self.day_text(end)});
        if self.dice.percent(50) {
            fields["reason"] = self.reason();
        }
        command("end_enrollment", fields)
    }

    pub(super) fn reinstate_enrollment(&mut self) -> Map<String, Value> {
        let dismissed = self.enrollment_ids(|place| {
            let enrollment = &self.facts().enrollments[place];
            enrollment.dismissal.is_some() && enrollment.status == LineStatus::Current
        });
        let id = match self.dice.pick(&dismissed).cloned() {
            Some(id) if !self.dice.percent(8) => id,
            _ => self.enrollment_id(false).1,
        };
        command("reinstate_enrollment", json!({"id": id, "reason": self.reason()}))
    }

    pub(super) fn correct_enrollment(&mut self) -> Map<String, Value> {
        let (place, id) = self.enrollment_id(false);
        let participant = match place {
            Some(place) => {
                let facts = self.facts();
                facts.participants[facts.enrollments[place].participant].id.clone()
            }
            None => "none".to_string(),
        };
        let start = self.start_of(place) + self.dice.between(-4, 2);
        let end = match place.and_then(|place| self.facts().enrollments[place].period.end) {
            Some(end) if self.dice.percent(50) => {
                json!(format_day(end + self.dice.between(-2, 5)))
            }
            _ => self.maybe_end(start, 25),
        };
        let new_id = self.mostly_new_id("e", &participant);
        command(
            "correct_enrollment",
            json!({
                "id": id, "new_id": new_id, "start": self.day_text(start), "end": end,
                "reason": self.reason(),
            }),
        )
    }

    pub(super) fn void_enrollment(&mut self) -> Map<String, Value> {
        let (_, id) = self.enrollment_id(false);
        // Mostly one that nobody was ever assigned in, because only such a one may be voided.
        let empty = self.enrollment_ids(|place| {
            let facts = self.facts();
            facts.enrollments[place].status == LineStatus::Current
                && facts.assignments_in(place).is_empty()
        });
        let id = match self.dice.pick(&empty).cloned() {
            Some(empty) if self.dice.percent(50) => empty,
            _ => id,
        };
        command("void_enrollment", json!({"id": id, "reason": self.reason()}))
    }

    pub(super) fn mirror_enrollments(&mut self) -> Map<String, Value> {
        let program = self.program();
        let mut rows = self.rows_as_they_are(&program);
        let touched = self.dice.below(3);
        for _ in 0..touched {
            self.change_rows(&mut rows);
        }
        let mut fields = json!({"program": program, "rows": rows});
        match self.dice.below(3) {
            0 => fields["complete"] = json!(true),
            1 => fields["complete"] = json!(false),
            _ => {}
        }
        match self.dice.below(3) {
            0 => fields["on_outside"] = json!("clip"),
            1 => fields["on_outside"] = json!("report"),
            _ => {}
        }
        command("mirror_enrollments", fields)
    }

    fn rows_as_they_are(&mut self, program: &str) -> Vec<Value> {
        let share = [100, 100, 100, 100, 70][self.dice.below(5)];
        let mut rows = Vec::new();
        let Some(program) = self.facts().find_program(program) else {
            return rows;
        };
        for place in 0..self.facts().enrollments.len() {
            let keep = self.dice.percent(share);
            let facts = self.facts();
            let enrollment = &facts.enrollments[place];
            let participant = &facts.participants[enrollment.participant];
            let current = enrollment.program == program && enrollment.status == LineStatus::Current;
            if keep && current && !enrollment.erased && !participant.erased {
                rows.push(json!({
                    "id": enrollment.id,
                    "participant": participant.id,
                    "start": format_day(enrollment.period.start),
                    "end": enrollment.period.end.map(format_day),
                }));
            }
        }
        rows
    }

    fn change_rows(&mut self, rows: &mut Vec<Value>) {
        let at = self.dice.below(rows.len());
        let start = self.start() - self.dice.between(0, 6);
        match self.dice.below(100) {
            0..=29 => {
                let participant = self.participant();
                let id = self.mostly_new_id("e", &participant);
                let end = self.maybe_end(start, 30);
                rows.push(json!({
                    "id": id, "participant": participant, "start": self.day_text(start), "end": end,
                }));
            }
            _ if rows.is_empty() => {}
            30..=54 => rows[at]["end"] = self.maybe_end(start + 5, 75),
            55..=74 => rows[at]["start"] = json!(self.day_text(start)),
            75..=83 => {
                rows.remove(at);
            }
            84..=88 => {
                let twice = rows[at].clone();
                rows.push(twice);
            }
            89..=92 => rows[at]["participant"] = json!(self.participant()),
            96..=97 => rows[at]["start"] = json!("2024-02-30"),
            98 => rows[at]["colour"] = json!("blue"),
            _ => {
                let ids = self.enrollment_ids(|_| true);
                if let Some(id) = self.dice.pick(&ids) {
                    rows[at]["id"] = json!(id);
                }
            }
        }
    }
}
