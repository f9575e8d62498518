//! Random JSON lines: small worlds in which much collides.
//!
//! The same seed gives the same lines. A generator keeps an auditor of its own as a picture of the
//! world, so that most commands name what exists; what the auditor thinks of a line never changes
//! the line itself.

#![expect(
    clippy::indexing_slicing,
    reason = "test support: a wrong place must stop the test, not be passed over"
)]

mod enrolled;
mod held;
mod nonsense;
mod organisation;
mod questions;

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use crate::auditor::{Auditor, Facts, LineStatus, format_day, parse_day};

/// A small pseudo-random number generator (splitmix64).
struct Dice {
    state: u64,
}

impl Dice {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(1) as usize) as i32
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }

    fn word<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// One of some things by weight.
    fn weighted<T: Copy>(&mut self, from: &[(usize, T)]) -> T {
        let total = from.iter().map(|(weight, _)| weight).sum();
        let mut roll = self.below(total);
        for (weight, thing) in from {
            if roll < *weight {
                return *thing;
            }
            roll -= weight;
        }
        from[0].1
    }
}
type Build = fn(&mut Generator) -> Map<String, Value>;

/// The commands and how often each is tried.
const COMMANDS: &[(usize, Build)] = &[
    (110, Generator::assign),
    (26, Generator::end_assignment),
    (40, Generator::transfer),
    (30, Generator::transfer_all),
    (32, Generator::correct),
    (9, Generator::void),
    (40, Generator::batch),
    (50, Generator::enroll),
    (22, Generator::end_enrollment),
    (18, Generator::reinstate_enrollment),
    (16, Generator::correct_enrollment),
    (7, Generator::void_enrollment),
    (20, Generator::mirror_enrollments),
    (2, Generator::define_program),
    (9, Generator::revise_program),
    (3, Generator::rename_program),
    (3, Generator::close_program),
    (7, Generator::reopen_program),
    (4, Generator::register_staff),
    (3, Generator::rename_staff),
    (12, Generator::grant),
    (8, Generator::revoke),
    (8, Generator::deactivate_staff),
    (8, Generator::reactivate_staff),
    (9, Generator::replace_id),
    (4, Generator::forget),
];

/// Yields JSON lines.
pub struct Generator {
    dice: Dice,
    picture: Auditor,
    waiting: VecDeque<String>,
    remembered: Vec<Map<String, Value>>,
    /// Lines given so far.
    lines: usize,
    /// The number of the next id.
    ids: usize,
    /// How many participants there are to choose from.
    participants: usize,
    /// Whether ids of enrollments and assignments contain that of their participant.
    telling_ids: bool,
    base: i32,
}

impl Generator {
    /// A generator whose lines follow from the seed.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice { state: seed };
        let participants = 3 + dice.below(6);
        let telling_ids = dice.percent(40);
        let mut generator = Generator {
            dice,
            picture: Auditor::new(),
            waiting: VecDeque::new(),
            remembered: Vec::new(),
            lines: 0,
            ids: 0,
            participants,
            telling_ids,
            base: parse_day("2024-01-01").unwrap_or_default(),
        };
        generator.found_agency();
        generator
    }

    /// The next line.
    pub fn next_line(&mut self) -> String {
        let text = match self.waiting.pop_front() {
            Some(text) => text,
            None => self.make_line(),
        };
        self.lines += 1;
        let answer = self.picture.line(&text);
        self.remember(&text, answer);
        text
    }

    /// The next line; empty where it is a command that leaves an id to be made, which would be a random
    /// one: two that are told the same could not be compared any more.
    ///
    /// ```
    /// use caseload_conformance::generate::Generator;
    /// let line = Generator::new(7).next_line_with_ids();
    /// assert_eq!(line, Generator::new(7).next_line_with_ids());
    /// ```
    pub fn next_line_with_ids(&mut self) -> String {
        let line = self.next_line();
        let command: Value = serde_json::from_str(&line).unwrap_or_default();
        let needs = |command: &Value| match command["op"].as_str() {
            Some("enroll" | "assign") => Some("id"),
            Some("transfer" | "correct" | "correct_enrollment") => Some("new_id"),
            Some("transfer_all") => Some("prefix"),
            _ => None,
        };
        let makes = |command: &Value| needs(command).is_some_and(|id| command[id].is_null());
        let rows = command["rows"].as_array().into_iter().flatten();
        if makes(&command) || rows.into_iter().any(makes) { String::new() } else { line }
    }

    fn make_line(&mut self) -> String {
        match self.dice.below(1000) {
            0..=9 => self.dice.word(&["", "   ", "\t"]).to_string(),
            10..=24 => self.unreadable_line(),
            25..=239 => self.question_line(),
            240..=289 => self.repeated_line(),
            _ => self.command_line(),
        }
    }

    fn command_line(&mut self) -> String {
        let mut build = self.dice.weighted(COMMANDS);
        // An agency in which little is assigned has little to say.
        if !self.has_open_lines() && self.dice.percent(60) {
            build = Generator::assign;
        }
        let mut command = build(self);
        self.give_context(&mut command);
        if self.dice.percent(7) {
            self.spoil(&mut command);
        }
        Value::Object(command).to_string()
    }

    /// Programs, staff and a few enrollments to begin with.
    fn found_agency(&mut self) {
        let day = self.day_text(20);
        let mut commands = Vec::new();
        for number in 1..=2 + self.dice.below(3) {
            let policy = self.policy();
            commands.push(
                json!({"op": "define_program", "id": format!("p{number}"), "policy": policy}),
            );
        }
        let programs = commands.len();
        for number in 1..=3 + self.dice.below(4) {
            let rights = self.some_rights();
            commands.push(
                json!({"op": "register_staff", "id": format!("s{number}"), "rights": rights}),
            );
        }
        for number in 1..=self.participants {
            let participant = format!("c{number}");
            let program = format!("p{}", 1 + self.dice.below(programs));
            let id = self.new_id("e", &participant);
            let start = self.dice.between(0, 8);
            let start = self.day_text(start);
            commands.push(json!({
                "op": "enroll", "id": id, "participant": participant, "program": program, "start": start,
            }));
        }
        for mut command in commands {
            command["actor"] = json!("root");
            command["on"] = json!(day);
            self.waiting.push_back(command.to_string());
        }
    }

    /// Who, when, and the fields that any command may have.
    fn give_context(&mut self, command: &mut Map<String, Value>) {
        if !command.contains_key("actor") {
            let actor = self.actor();
            command.insert("actor".to_string(), json!(actor));
        }
        let on = self.today();
        command.insert("on".to_string(), json!(self.day_text(on)));
        if self.dice.percent(12) {
            self.ids += 1;
            let mut request = format!("r{}", self.ids);
            if let (true, Some(Value::String(id))) =
                (self.dice.percent(10), command.get("participant"))
            {
                request = format!("r-{id}-{}", self.ids);
            }
            command.insert("request".to_string(), json!(request));
        }
        if self.dice.percent(7) {
            let review = self.dice.percent(85);
            command.insert("review".to_string(), json!(review));
        }
        if self.dice.percent(3) {
            command.insert("entered".to_string(), json!("2024-03-01T09:30:00Z"));
        }
    }

    /// Keeps accepted requests for later repetition.
    fn remember(&mut self, text: &str, answer: Option<Value>) {
        let accepted = answer.is_some_and(|answer| answer["ok"] == json!(true));
        let Ok(Value::Object(content)) = serde_json::from_str::<Value>(text) else {
            return;
        };
        if content.get("op") == Some(&json!("forget")) && accepted {
            // What a forgotten request was can no longer be compared: none of before is repeated.
            self.remembered.clear();
        }
        // A mirror may store nothing, and its request id is free then: it is not worth repeating.
        let stores = content.get("op") != Some(&json!("mirror_enrollments"));
        if accepted && stores && content.get("request").is_some_and(Value::is_string) {
            self.remembered.push(content);
        }
    }

    // ------------------------------------------------------------ days

    fn day_text(&self, offset: i32) -> String {
        format_day(self.base + offset)
    }

    fn offset_of(&self, day: i32) -> i32 {
        day - self.base
    }

    /// The world moves on slowly, so that starts are mostly entered in order.
    fn cursor(&self) -> i32 {
        (self.lines * 80 / 300).min(95) as i32
    }

    fn today(&mut self) -> i32 {
        if self.dice.percent(12) {
            return self.dice.between(0, 115);
        }
        self.cursor() + self.dice.between(4, 18)
    }

    /// A start near now.
    fn start(&mut self) -> i32 {
        if self.dice.percent(6) {
            return self.dice.between(0, 110);
        }
        self.cursor() + self.dice.between(-3, 8)
    }

    /// An end after a start: rarely before it, often on it, mostly none.
    fn maybe_end(&mut self, start: i32, chance: usize) -> Value {
        if !self.dice.percent(chance) {
            return Value::Null;
        }
        let length = match self.dice.below(100) {
            0..=2 => -self.dice.between(1, 5),
            3..=25 => 0,
            _ => self.dice.between(1, 25),
        };
        if self.dice.percent(1) {
            return json!(self.dice.word(&["9999-12-31", "0001-01-01"]));
        }
        json!(self.day_text(start + length))
    }

    // ------------------------------------------------------------ names

    fn facts(&self) -> &Facts {
        self.picture.facts()
    }

    fn number(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }

    fn new_id(&mut self, letter: &str, participant: &str) -> String {
        let number = self.number();
        if self.telling_ids && self.dice.percent(70) {
            format!("{letter}-{participant}-{number}")
        } else {
            format!("{letter}{number}")
        }
    }

    /// An id that is rarely one that was given already.
    fn mostly_new_id(&mut self, letter: &str, participant: &str) -> String {
        if self.dice.percent(3) {
            let known = match letter {
                "e" => self.enrollment_ids(|_| true),
                _ => self.assignment_ids(|_| true),
            };
            if let Some(id) = self.dice.pick(&known) {
                return id.clone();
            }
        }
        self.new_id(letter, participant)
    }

    fn or_unknown(&mut self, id: Option<String>) -> String {
        match id {
            Some(id) if !self.dice.percent(3) => id,
            _ => "nobody".to_string(),
        }
    }

    fn program(&mut self) -> String {
        let ids: Vec<String> =
            self.facts().programs.iter().map(|program| program.id.clone()).collect();
        let id = self.dice.pick(&ids).cloned();
        self.or_unknown(id)
    }

    fn staff(&mut self) -> String {
        let everyone = self.dice.percent(8);
        let ids: Vec<String> = self
            .facts()
            .staff
            .iter()
            .filter(|staff| staff.active || everyone)
            .map(|staff| staff.id.clone())
            .collect();
        let id = self.dice.pick(&ids).cloned();
        if self.dice.percent(1) {
            return "root".to_string();
        }
        self.or_unknown(id)
    }

    fn actor(&mut self) -> String {
        if self.dice.percent(62) {
            return "root".to_string();
        }
        self.staff()
    }

    fn participant(&mut self) -> String {
        let known: Vec<String> = self
            .facts()
            .participants
            .iter()
            .filter(|participant| !participant.erased)
            .map(|participant| participant.id.clone())
            .collect();
        if let (true, Some(id)) = (self.dice.percent(75), self.dice.pick(&known)) {
            return id.clone();
        }
        if self.dice.percent(4) {
            return "nobody".to_string();
        }
        format!("c{}", 1 + self.dice.below(self.participants))
    }

    fn old_id(&mut self) -> Option<String> {
        let ids: Vec<String> = self.facts().old_ids.iter().map(|(_, id, _)| id.clone()).collect();
        self.dice.pick(&ids).cloned()
    }

    fn enrollment_ids(&self, wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let all = self.facts().enrollments.iter().enumerate();
        all.filter(|(place, enrollment)| !enrollment.erased && wanted(*place))
            .map(|(_, enrollment)| enrollment.id.clone())
            .collect()
    }

    fn assignment_ids(&self, wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let all = self.facts().assignments.iter().enumerate();
        all.filter(|(place, line)| !line.erased && wanted(*place))
            .map(|(_, line)| line.id.clone())
            .collect()
    }

    /// An enrollment: mostly one that is current (and open, if asked for).
    fn some_enrollment(&mut self, open: bool) -> Option<usize> {
        let any = self.dice.percent(10);
        let ids = self.enrollment_ids(|place| {
            let enrollment = &self.facts().enrollments[place];
            let fits = enrollment.status == LineStatus::Current
                && (!open || enrollment.period.end.is_none());
            any || fits
        });
        let id = self.dice.pick(&ids).cloned()?;
        self.facts().find_enrollment(&id)
    }

    /// An assignment: mostly one that is current (and open, if asked for).
    fn some_assignment(&mut self, open: bool) -> Option<usize> {
        let any = self.dice.percent(10);
        let ids = self.assignment_ids(|place| {
            let line = &self.facts().assignments[place];
            let fits = line.status == LineStatus::Current && (!open || line.period.end.is_none());
            any || fits
        });
        let id = self.dice.pick(&ids).cloned()?;
        self.facts().find_assignment(&id)
    }

    fn reason(&mut self) -> Value {
        match self.dice.below(100) {
            0 => json!("x".repeat(2_001)),
            1 => json!("é".repeat(1_000)),
            2..=3 => json!("  "),
            4..=6 => Value::Null,
            _ => json!("a reason"),
        }
    }

    /// A role that mostly fits the policy of a program.
    fn role(&mut self, program: &str) -> Value {
        let facts = self.facts();
        let found = facts.find_program(program);
        let required = found.is_some_and(|place| facts.programs[place].policy.roles.is_some());
        match self.dice.below(100) {
            0 => json!("x".repeat(65)),
            1..=4 => json!("stranger"),
            5..=40 => json!("primary"),
            41..=60 => json!("backup"),
            _ if required && !self.dice.percent(15) => json!("backup"),
            _ => Value::Null,
        }
    }
}

/// The fields of a command; null ones are sometimes better left out.
fn command(op: &str, fields: Value) -> Map<String, Value> {
    let mut object = match fields {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    object.insert("op".to_string(), json!(op));
    object
}

impl std::fmt::Debug for Generator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}
