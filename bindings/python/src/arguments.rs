//! The arguments of a question, as Python wrote them down: every unreadable one is told at once.

use std::str::FromStr;

use caseload::{
    Actor, Asked, Day, InputError, KnownAt, ParticipantId, Problem, ProgramId, Role, StaffId,
    Violation,
    log::Recorded,
    report::{ActiveIn, By, CaseloadFilter, Filter, InRole, Range, Stay, When},
};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// Named arguments, read one after the other.
pub(crate) struct Arguments {
    given: Map<String, Value>,
    wrong: Vec<Violation>,
}

impl Arguments {
    /// Those of a JSON object, which the Python half made.
    pub(crate) fn of(text: &str) -> Result<Arguments, Failure> {
        match serde_json::from_str(text) {
            Ok(Value::Object(given)) => Ok(Arguments { given, wrong: Vec::new() }),
            _ => Err(Failure::Bug("the arguments are no JSON object".to_owned())),
        }
    }

    /// What was read, if nothing was wrong until now.
    pub(crate) fn all<T>(&mut self, read: Option<T>) -> Result<T, Failure> {
        let violations = std::mem::take(&mut self.wrong);
        match read {
            Some(read) if violations.is_empty() => Ok(read),
            _ if violations.is_empty() => Err(Failure::Bug("an argument is missing".to_owned())),
            _ => Err(InputError { violations }.into()),
        }
    }

    fn given(&self, name: &str) -> Option<&Value> {
        self.given.get(name).filter(|value| !value.is_null())
    }

    fn broken(&mut self, name: &str, problem: Problem) {
        let mut violation = Violation::new(problem, &[]);
        violation.fields.push(name.to_owned().into());
        self.wrong.push(violation);
    }

    fn noted<T>(&mut self, name: &str, read: Result<T, InputError>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                error.violations.into_iter().for_each(|wrong| self.broken(name, wrong.problem));
                None
            }
        }
    }

    /// A text read as something; `None` where it is not given, or unreadable (which is noted).
    pub(crate) fn text<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, InputError>,
    ) -> Option<T> {
        match self.given(name)?.as_str().map(read) {
            Some(read) => self.noted(name, read),
            None => {
                self.broken(name, Problem::InputCommand { what: "is not a text".into() });
                None
            }
        }
    }

    /// A list of texts; each that is unreadable is noted.
    fn texts<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, InputError>,
    ) -> Option<Vec<T>> {
        let Some(texts) = self.given(name)?.as_array() else {
            self.broken(name, Problem::InputCommand { what: "is not a list".into() });
            return None;
        };
        let read: Vec<_> = texts.iter().map(|text| text.as_str().map(&read)).collect();
        let mut all = Vec::with_capacity(read.len());
        for text in read {
            match text {
                Some(read) => all.extend(self.noted(name, read)),
                None => {
                    let what = "holds something that is not a text".into();
                    self.broken(name, Problem::InputCommand { what });
                }
            }
        }
        Some(all)
    }

    fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let given = self.given(name)?.as_str();
        let found = words.iter().find(|(word, _)| Some(*word) == given).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let what = format!("is none of: {}", words.join(", "));
            self.broken(name, Problem::InputCommand { what: what.into() });
        }
        found
    }

    pub(crate) fn day(&mut self, name: &str) -> Option<Day> {
        self.text(name, Day::from_str)
    }

    /// The day that an answer is about: with a range it is only that of the actor's sight, and the first
    /// day of the calendar stands for none.
    pub(crate) fn day_that_counts(&mut self) -> Option<Day> {
        if self.given("start").is_some() {
            return None;
        }
        self.day("as_of").filter(|day| *day != Day::FIRST)
    }

    pub(crate) fn staff(&mut self, name: &str) -> Option<StaffId> {
        self.text(name, |text| StaffId::new(text))
    }

    pub(crate) fn program(&mut self, name: &str) -> Option<ProgramId> {
        self.text(name, |text| ProgramId::new(text))
    }

    pub(crate) fn participant(&mut self, name: &str) -> Option<ParticipantId> {
        self.text(name, |text| ParticipantId::new(text))
    }

    pub(crate) fn participants(&mut self, name: &str) -> Option<Vec<ParticipantId>> {
        self.texts(name, |text| ParticipantId::new(text))
    }

    pub(crate) fn role(&mut self) -> InRole {
        match self.given("role") {
            // Python says "in no role" as an empty text, which no role can be.
            Some(Value::String(text)) if text.is_empty() => InRole::Unnamed,
            Some(_) => {
                self.text("role", |text| Role::new(text)).map_or(InRole::Any, InRole::Exactly)
            }
            None => InRole::Any,
        }
    }

    pub(crate) fn actor(&mut self) -> Option<Actor> {
        self.text("actor", |text| Actor::new(text))
    }

    /// A position, or an instant.
    pub(crate) fn known_at(&mut self, name: &str) -> Option<KnownAt> {
        match self.given(name)? {
            Value::Number(number) => match number.as_u64() {
                Some(position) => Some(KnownAt::Position(position)),
                None => {
                    let what = "is neither a position of the log nor an instant".into();
                    self.broken(name, Problem::InputCommand { what });
                    None
                }
            },
            _ => self.text(name, Recorded::from_str).map(KnownAt::Instant),
        }
    }

    /// About which day, as known when, by whom.
    pub(crate) fn asked(&mut self) -> Option<Asked> {
        let (known_at, actor) = (self.known_at("known_at"), self.actor());
        let mut asked = Asked::of(self.day("as_of")?);
        (asked.known_at, asked.actor) = (known_at, actor);
        Some(asked)
    }

    pub(crate) fn filter(&mut self) -> Filter {
        let mut filter = Filter::all();
        if let Some(programs) = self.texts("programs", |text| ProgramId::new(text)) {
            filter = filter.programs(programs);
        }
        if let Some(staff) = self.texts("staff", |text| StaffId::new(text)) {
            filter = filter.staff(staff);
        }
        if let Some(participants) = self.participants("participants") {
            filter = filter.participants(participants);
        }
        filter
    }

    pub(crate) fn range(&mut self) -> Option<Range> {
        let (start, end) = (self.day("start")?, self.day("end")?);
        self.noted("end", Range::new(start, end))
    }

    pub(crate) fn by(&mut self) -> Option<By> {
        let all = [By::Staff, By::Program, By::StaffAndProgram, By::All];
        self.word("by", &all.map(|by| (by.word(), by)))
    }

    pub(crate) fn stay(&mut self) -> Option<Stay> {
        self.word("stay", &[Stay::Enrollment, Stay::Assignment].map(|stay| (stay.word(), stay)))
    }

    fn active_in(&mut self) -> Option<ActiveIn> {
        let words = [
            ("at_least_one_day", ActiveIn::AtLeastOneDay),
            ("touched", ActiveIn::Touched),
            ("strict_dates", ActiveIn::StrictDates),
            ("open_or_ended_within", ActiveIn::OpenOrEndedWithin),
        ];
        self.word("active_in", &words)
    }

    /// Who must be on whose caseload when: as of a day, or where a range is given, in that.
    pub(crate) fn caseload_filter(&mut self) -> Option<CaseloadFilter> {
        let when = if self.given("start").is_some() {
            let meaning = self.active_in().unwrap_or_default();
            When::In(self.range()?, meaning)
        } else {
            When::AsOf(self.day("as_of")?)
        };
        let (of, role) = (self.filter(), self.role());
        Some(CaseloadFilter::when(when).of(of).role(role))
    }
}
