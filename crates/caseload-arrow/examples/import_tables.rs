//! Takes in a made-up agency with ten years of history, and tells how long that took.
//!
//! `cargo run --release -p caseload-arrow --example import_tables -- 200000`

use std::{error::Error, io::Write, sync::Arc, time::Instant};

use arrow_array::{ArrayRef, Date32Array, RecordBatch, RecordBatchIterator, StringArray};
use caseload::{Actor, Agency, Context, Flow, MemoryLog};
use caseload_arrow::import::{InputTable, Mode, Tables};

/// Takes history, and staff may hold a participant together.
const POLICY: &str = r#"{"batch_history":"allow","entry_order":"any"}"#;
/// 2014-01-01, in days from 1970-01-01.
const FIRST_DAY: i32 = 16_071;

fn main() -> Result<(), Box<dyn Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(200_000), |rows| rows.parse())?;
    let made = Made::of(rows);
    let batches = made.batches()?;
    for mode in [Mode::Partial, Mode::Review, Mode::AllOrNothing] {
        let agency = Agency::open(MemoryLog::new())?;
        let context = Context::new(Actor::Root, "2024-06-15".parse()?);
        #[expect(clippy::disallowed_methods, reason = "it is what is measured")]
        let begin = Instant::now();
        let import = tables(&batches).import(&agency, &context, mode, &mut |_| Flow::Continue)?;
        let took = begin.elapsed().as_secs_f64();
        let counts = import.of(InputTable::Assignments);
        writeln!(
            std::io::stdout(),
            "{mode:?}: {} assignments of {} accepted in {took:.3} s with everything they need\n{import}",
            counts.accepted,
            counts.rows,
        )?;
    }
    Ok(())
}

fn tables(batches: &[RecordBatch; 4]) -> Tables<'static> {
    let [programs, staff, enrollments, assignments] = batches
        .each_ref()
        .map(|batch| RecordBatchIterator::new([Ok(batch.clone())], batch.schema()));
    Tables::new().programs(programs).staff(staff).enrollments(enrollments).assignments(assignments)
}

/// Timelines of three lines one after the other, in the order in which they are made.
#[derive(Default)]
struct Made {
    programs: usize,
    staff: usize,
    /// Participant, program, start.
    enrollments: Vec<(usize, usize, i32)>,
    /// Staff, enrollment, start, end.
    assignments: Vec<(usize, usize, i32, Option<i32>)>,
}

impl Made {
    fn of(rows: usize) -> Made {
        let mut made = Made {
            programs: (rows / 20_000).clamp(5, 500),
            staff: (rows / 500).max(10),
            ..Made::default()
        };
        let mut random = 7_u64;
        let mut below = |end: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(random >> 33).unwrap_or_default() % end
        };
        while made.assignments.len() < rows {
            let mut start = FIRST_DAY + i32::try_from(below(2_500)).unwrap_or_default();
            let enrollment = made.enrollments.len();
            made.enrollments.push((enrollment, below(made.programs), start));
            for line in 0..3 {
                let end = start + 10 + i32::try_from(below(400)).unwrap_or_default();
                let end = (line < 2).then_some(end);
                made.assignments.push((below(made.staff), enrollment, start, end));
                start = end.unwrap_or(start);
            }
        }
        made.assignments.truncate(rows);
        made
    }

    fn batches(&self) -> Result<[RecordBatch; 4], Box<dyn Error>> {
        let text = |cells: &mut dyn Iterator<Item = String>| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(cells))
        };
        // As long as a UUID, as ids of hosts are.
        let id = |kind: &str, number: usize| format!("{kind}-{number:0>34}");
        let enrolled = |at: usize| self.enrollments.get(at).copied().unwrap_or_default();
        let (first, of) = (&self.enrollments, &self.assignments);
        let batch = |columns: Vec<(&str, ArrayRef)>| RecordBatch::try_from_iter(columns);
        Ok([
            batch(vec![
                ("id", text(&mut (0..self.programs).map(|one| id("p", one)))),
                ("policy", text(&mut (0..self.programs).map(|_| POLICY.to_owned()))),
            ])?,
            batch(vec![("id", text(&mut (0..self.staff).map(|one| id("s", one))))])?,
            batch(vec![
                ("id", text(&mut (0..first.len()).map(|one| id("e", one)))),
                ("participant", text(&mut first.iter().map(|one| id("c", one.0)))),
                ("program", text(&mut first.iter().map(|one| id("p", one.1)))),
                ("start", Arc::new(first.iter().map(|one| Some(one.2)).collect::<Date32Array>())),
            ])?,
            batch(vec![
                ("id", text(&mut (0..of.len()).map(|one| id("a", one)))),
                ("staff", text(&mut of.iter().map(|one| id("s", one.0)))),
                ("participant", text(&mut of.iter().map(|one| id("c", enrolled(one.1).0)))),
                ("program", text(&mut of.iter().map(|one| id("p", enrolled(one.1).1)))),
                ("start", Arc::new(of.iter().map(|one| Some(one.2)).collect::<Date32Array>())),
                ("end", Arc::new(of.iter().map(|one| one.3).collect::<Date32Array>())),
            ])?,
        ])
    }
}
