//! The JSON-lines form: one command or question a line in, one answer a line out.
//!
//! The common test form of every store and binding; it goes through [`Agency`] like any host.
//!
//! ```
//! use caseload::{Agency, MemoryLog, jsonl::Replay};
//! let mut replay = Replay::new(Agency::open(MemoryLog::new())?);
//! let answer = replay.line(r#"{"op":"define_program","id":"p1","actor":"root","on":"2024-06-15"}"#);
//! assert_eq!(
//!     answer.as_deref(),
//!     Some(r#"{"line":1,"ok":true,"receipt":{"position":1,"ids":["p1"],"ended":[],"left":[],"notices":[]}}"#),
//! );
//! assert_eq!(replay.line(""), None);
//! # Ok::<(), caseload::StoreError>(())
//! ```

mod answer;
mod command;
mod fields;
mod policy;
mod question;

use answer::Answer;
pub use command::Given;
use serde_json::{Map, Value};

use crate::{Agency, Command, Error, InputError, Policy, log::Position};

/// Reads a command in the JSON-lines form, for hosts that keep commands as text: in an outbox, on a
/// device, or to decide them over their own tables.
///
/// # Errors
/// Every violation of the input phase: what is wrong with which field.
///
/// ```
/// use caseload::{Agency, Error, MemoryLog, jsonl::{Given, read_command}};
/// let agency = Agency::open(MemoryLog::new())?;
/// let text = r#"{"op":"define_program","id":"p1","actor":"root","on":"2024-06-15"}"#;
/// match read_command(text)? {
///     Given::Record(command, context) => drop(agency.record(command, context)?),
///     Given::Review(command, context) => drop(agency.review(command, context)?),
/// }
/// assert!(read_command(r#"{"op":"define_program","on":"2024-2-1"}"#).is_err());
/// # Ok::<(), Error>(())
/// ```
pub fn read_command(text: &str) -> Result<Given, InputError> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => command::read(object),
        _ => Err(InputError::command_as_a_whole("is not one JSON object")),
    }
}

/// Reads a policy as one JSON object with the keys of the contract; absent keys take their default.
///
/// # Errors
/// Every violation of the input phase: what is wrong with which key.
///
/// ```
/// use caseload::{BatchHistory, EntryOrder, jsonl::read_policy};
/// let policy = read_policy(r#"{"batch_history":"allow","entry_order":"any"}"#)?;
/// assert_eq!((policy.batch_history, policy.entry_order), (BatchHistory::Allow, EntryOrder::Any));
/// assert!(read_policy(r#"{"batch_history":"always"}"#).is_err());
/// # Ok::<(), caseload::InputError>(())
/// ```
pub fn read_policy(text: &str) -> Result<Policy, InputError> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => policy::read(object),
        _ => Err(InputError::command("policy", "is not one JSON object")),
    }
}

/// Reads lines and answers them, in order.
#[derive(Debug)]
pub struct Replay {
    agency: Agency,
    /// The head's position after each line; the first element is before every line.
    positions: Vec<Position>,
}

impl Replay {
    /// Over an agency.
    pub fn new(agency: Agency) -> Replay {
        let before = agency.head().position;
        Replay { agency, positions: vec![before] }
    }

    /// The answer to the next line; none to an empty one, which counts all the same.
    pub fn line(&mut self, text: &str) -> Option<String> {
        let line = self.positions.len();
        let blank = text.trim().is_empty();
        let answer = (!blank).then(|| self.answer(text).written(line));
        self.positions.push(self.agency.head().position);
        answer
    }

    fn answer(&self, text: &str) -> Answer {
        let answered = match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(object)) if object.contains_key("ask") => {
                question::answer(&self.agency, object, &self.positions).map(Answer::question)
            }
            Ok(Value::Object(object)) => self.give(object),
            _ => Err(Error::Input(InputError::command_as_a_whole("is not one JSON object"))),
        };
        answered.unwrap_or_else(|error| Answer::failed(&error))
    }

    fn give(&self, object: Map<String, Value>) -> Result<Answer, Error> {
        let given = command::read(object)?;
        let (Given::Record(command, _) | Given::Review(command, _)) = &given;
        let is_batch = matches!(command, Command::Batch(_));
        let answer = match given {
            Given::Record(command, context) => {
                Answer::receipt(&self.agency.record(command, context)?)
            }
            Given::Review(command, context) => {
                let verdict = self.agency.review(command, context)?;
                Answer::verdict(&verdict, self.agency.head().position)
            }
        };
        Ok(if is_batch { answer.with_rows() } else { answer })
    }
}
