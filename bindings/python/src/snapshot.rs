//! Questions and reports, all asked of one head of the log.

use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, StringArray, cast::AsArray as _};
use arrow_cast::cast;
use arrow_schema::DataType;
use caseload::{ParticipantId, StoreError};
use pyo3::prelude::*;

use crate::{
    arguments::Arguments,
    failure::{Failure, away},
    hints::{GivenColumn, ProgressFunction},
    progress::Telling,
    reports,
    table::Table,
};

/// An agency as known at one head.
#[pyclass(frozen, module = "caseload._caseload")]
pub(crate) struct Snapshot {
    snapshot: caseload::Snapshot,
    process: u32,
}

impl Snapshot {
    pub(crate) fn of(snapshot: caseload::Snapshot) -> Snapshot {
        Snapshot { snapshot, process: std::process::id() }
    }

    fn known(&self) -> Result<&caseload::Snapshot, Failure> {
        if std::process::id() == self.process {
            return Ok(&self.snapshot);
        }
        let what = "the agency was opened before a fork; open it anew in this process".to_owned();
        Err(StoreError::Closed { what }.into())
    }
}

impl Snapshot {
    /// The tables with what else it takes to ask the same again: of which day, as known when, by whom.
    fn cited(&self, tables: Vec<Table>, given: &mut Arguments) -> Result<Vec<Table>, Failure> {
        let known_at = given.known_at("known_at");
        let position = self.known()?.position_of(known_at)?.to_string();
        let day = given.day_that_counts().map(|day| day.to_string());
        let actor = given.actor().map(|actor| actor.as_str().to_owned());
        let said = [("known_at", Some(position)), ("head", Some(self.head()))];
        let said = said.into_iter().chain([("as_of", day), ("actor", actor)]);
        let said: Vec<(&str, String)> =
            said.filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        let all = |table: Table| said.iter().try_fold(table, |t, (key, value)| t.about(key, value));
        tables.into_iter().map(all).collect()
    }
}

#[pymethods]
impl Snapshot {
    /// What it knows, as `position:hash`.
    #[getter]
    fn head(&self) -> String {
        self.snapshot.head().to_string()
    }

    /// The position that a `known_at` means.
    fn position_of(&self, py: Python<'_>, arguments: &str) -> PyResult<u64> {
        away(py, || {
            let mut arguments = Arguments::of(arguments)?;
            let known_at = arguments.known_at("known_at");
            let known_at = arguments.all(Some(known_at))?;
            Ok(self.known()?.position_of(known_at)?)
        })
    }

    /// The tables that answer a question or a report.
    #[pyo3(signature = (what, arguments, *, progress = None))]
    fn ask(
        &self,
        py: Python<'_>,
        what: &str,
        arguments: &str,
        progress: Option<ProgressFunction>,
    ) -> PyResult<Vec<Table>> {
        away(py, move || {
            let (known, mut given) = (self.known()?, Arguments::of(arguments)?);
            let tables = Telling::to(progress)
                .doing(|tell| reports::answer(known, what, &mut given, tell))?;
            self.cited(tables, &mut given)
        })
    }

    /// The caseworkers of one participant in one program.
    fn caseworkers(&self, py: Python<'_>, arguments: &str) -> PyResult<Vec<String>> {
        away(py, || {
            let mut arguments = Arguments::of(arguments)?;
            let (participant, program) =
                (arguments.participant("participant"), arguments.program("program"));
            let asked = arguments.asked();
            let read = participant.zip(program).zip(asked);
            let ((participant, program), asked) = arguments.all(read)?;
            let staff = self.known()?.caseworkers(&participant, &program, &asked)?;
            Ok(staff.iter().map(ToString::to_string).collect())
        })
    }

    /// Those enrolled on a day without a caseworker.
    fn unassigned(&self, py: Python<'_>, arguments: &str) -> PyResult<Vec<String>> {
        away(py, || {
            let mut arguments = Arguments::of(arguments)?;
            let read = arguments.program("program").zip(arguments.asked());
            let (program, asked) = arguments.all(read)?;
            let waiting = self.known()?.unassigned(&program, &asked)?;
            Ok(waiting.iter().map(ToString::to_string).collect())
        })
    }

    /// Which of these participants an actor sees.
    fn visible(&self, py: Python<'_>, arguments: &str) -> PyResult<Vec<String>> {
        away(py, || {
            let mut arguments = Arguments::of(arguments)?;
            let read = arguments.participants("participants").zip(arguments.asked());
            let (participants, asked) = arguments.all(read)?;
            let actor = asked.actor.clone();
            let actor = actor.ok_or_else(|| Failure::argument("actor", "missing field"))?;
            let visible = self.known()?.visible(&actor, &participants, &asked)?;
            Ok(visible.iter().map(ToString::to_string).collect())
        })
    }

    /// Which participants of a column are on a caseload: the mask, and the ids.
    #[pyo3(signature = (participants, column, arguments, *, progress = None))]
    fn filter_participants(
        &self,
        py: Python<'_>,
        participants: GivenColumn,
        column: &str,
        arguments: &str,
        progress: Option<ProgressFunction>,
    ) -> PyResult<Vec<Table>> {
        let chunks = match participants {
            GivenColumn::Arrow(column) => column.into_chunked_array()?.chunks().to_vec(),
            GivenColumn::Texts(texts) => vec![Arc::new(StringArray::from(texts)) as ArrayRef],
        };
        away(py, move || {
            let mut given = Arguments::of(arguments)?;
            let read = given.caseload_filter().zip(given.asked());
            let (filter, asked) = given.all(read)?;
            let chunks: Result<Vec<_>, _> =
                chunks.iter().map(|chunk| of_table(chunk, column)).collect();
            let (known, participants) = (self.known()?, ids(&chunks?)?);
            let mask = Telling::to(progress)
                .doing(|tell| known.on_caseload(&participants, &filter, asked.telling(tell)))?;
            self.cited(Table::all_of(&mask)?, &mut given)
        })
    }
}

/// The column of this name, where whole tables were given.
fn of_table(chunk: &ArrayRef, column: &str) -> Result<ArrayRef, Failure> {
    let Some(table) = chunk.as_struct_opt() else { return Ok(Arc::clone(chunk)) };
    let found = table.column_by_name(column);
    let what =
        || format!("the table has no column `{column}`, but {}", table.column_names().join(", "));
    Ok(Arc::clone(found.ok_or_else(|| Failure::argument("column", what()))?))
}

/// A column as ids; the first row that holds none is told, counted from 0 as frames do.
fn ids(chunks: &[ArrayRef]) -> Result<Vec<ParticipantId>, Failure> {
    let mut ids = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in chunks {
        let texts = texts(chunk)?;
        for text in texts.as_string::<i32>() {
            let row = ids.len();
            let Some(text) = text else {
                let what = format!("row {row} is null; drop or fill such rows first");
                return Err(Failure::argument("participants", what));
            };
            let wrong = |_| {
                let what = format!("row {row} is no id: 1 to 128 bytes, no white space at an end");
                Failure::argument("participants", what)
            };
            ids.push(ParticipantId::new(text).map_err(wrong)?);
        }
    }
    Ok(ids)
}

/// A column of texts, categories of texts or whole numbers, as texts.
fn texts(column: &ArrayRef) -> Result<ArrayRef, Failure> {
    let kind = match column.data_type() {
        DataType::Dictionary(_, values) => values.as_ref(),
        kind => kind,
    };
    let is_text = matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    if !is_text && !kind.is_integer() {
        let what = format!("holds {kind}; give a column of texts or whole numbers");
        return Err(Failure::argument("participants", what));
    }
    cast(column, &DataType::Utf8).map_err(|error| Failure::Bug(error.to_string()))
}
