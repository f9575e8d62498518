//! Which peers an answer is held against, and how many times faster it should be.

use std::collections::BTreeMap;

use super::{
    engines::{Answer, Engine},
    repeated::Repeated,
};
use crate::{
    Result,
    measure::Spread,
    report::{Goal, Report},
};

/// The best of these is the rival.
type Best = &'static [Engine];

const COLUMNS: Best = &[Engine::Duckdb, Engine::Polars, Engine::Pandas, Engine::Numpy];
const FRAMES: Best = &[Engine::Duckdb, Engine::Polars, Engine::Pandas];
const NUMPY: Best = &[Engine::Numpy];
const SQLITE: Best = &[Engine::Sqlite];
const POSTGRES: Best = &[Engine::Postgres];

struct Question {
    name: &'static str,
    what: &'static str,
    /// Whether the first answer makes what later ones read: the census, or the months.
    makes_something: bool,
    rivals: &'static [(Best, Goal)],
}

const fn at_least(goal: f64, floor: f64) -> Goal {
    Goal::AtLeast(goal, floor)
}

const QUESTIONS: [Question; 10] = [
    Question {
        name: "counts",
        makes_something: true,
        what: "caseloads of all staff as of a day",
        rivals: &[
            (COLUMNS, at_least(300.0, 50.0)),
            (SQLITE, at_least(5_000.0, 500.0)),
            (POSTGRES, at_least(5_000.0, 500.0)),
        ],
    },
    Question {
        name: "covered_30",
        makes_something: false,
        what: "average daily caseload of all staff over 30 days",
        rivals: &[(COLUMNS, Goal::Told), (SQLITE, Goal::Told), (POSTGRES, Goal::Told)],
    },
    Question {
        name: "covered_365",
        makes_something: false,
        what: "average daily caseload of all staff over a year",
        rivals: &[
            (COLUMNS, at_least(500.0, 50.0)),
            (SQLITE, at_least(5_000.0, 500.0)),
            (POSTGRES, at_least(5_000.0, 500.0)),
        ],
    },
    Question {
        name: "covered_3650",
        makes_something: false,
        what: "average daily caseload of all staff over ten years",
        rivals: &[(COLUMNS, Goal::Told), (SQLITE, Goal::Told), (POSTGRES, Goal::Told)],
    },
    Question {
        name: "series",
        makes_something: false,
        what: "caseload of all staff on each day of a year",
        rivals: &[
            (NUMPY, at_least(20.0, 5.0)),
            (FRAMES, at_least(500.0, 100.0)),
            (SQLITE, at_least(500.0, 100.0)),
            (POSTGRES, at_least(500.0, 100.0)),
        ],
    },
    Question {
        name: "flow",
        makes_something: true,
        what: "flow by program and month, ten years",
        rivals: &[
            (COLUMNS, at_least(500.0, 50.0)),
            (SQLITE, at_least(500.0, 50.0)),
            (POSTGRES, at_least(500.0, 50.0)),
        ],
    },
    Question {
        name: "caseload",
        makes_something: false,
        what: "caseload of one staff member",
        rivals: &[
            (COLUMNS, at_least(1_000.0, 100.0)),
            (SQLITE, at_least(5.0, 1.0)),
            (POSTGRES, Goal::Told),
        ],
    },
    Question {
        name: "caseworkers",
        makes_something: false,
        what: "caseworkers of one participant",
        rivals: &[
            (COLUMNS, at_least(1_000.0, 100.0)),
            (SQLITE, at_least(5.0, 1.0)),
            (POSTGRES, Goal::Told),
        ],
    },
    Question {
        name: "filter",
        makes_something: false,
        what: "which of 100000 participants are on a caseload (numbers there, texts here)",
        rivals: &[(COLUMNS, Goal::Told), (SQLITE, Goal::Told), (POSTGRES, Goal::Told)],
    },
    Question {
        name: "filter_names",
        makes_something: false,
        what: "which of 100000 participants are on a caseload (texts)",
        rivals: &[
            (FRAMES, at_least(50.0, 10.0)),
            (SQLITE, at_least(4.0, 2.0)),
            (POSTGRES, Goal::Told),
        ],
    },
];

/// One row for each question and rival, once all answers are the same.
pub(super) fn tell(
    report: &mut Report,
    ours: &BTreeMap<&str, Repeated>,
    theirs: &[Answer],
) -> Result<()> {
    for question in &QUESTIONS {
        let ours = ours.get(question.name).ok_or("a question was not asked")?;
        let theirs: Vec<&Answer> =
            theirs.iter().filter(|answer| answer.question == question.name).collect();
        if let Some(other) = theirs.iter().find(|other| other.checksum != ours.checksum) {
            let name = other.engine.name();
            return Err(format!("{}: {name} has another answer", question.what).into());
        }
        for (engines, goal) in question.rivals {
            if let Some(best) = best_of(&theirs, engines) {
                let what = format!("{}: {}", question.what, best.engine.name());
                report.apart(&what, &ours.samples, &best.samples, *goal);
            }
        }
        // What the first report makes for those behind it.
        if let Some(best) = best_of(&theirs, COLUMNS).filter(|_| question.makes_something) {
            let what = format!("{}, the first time: {}", question.what, best.engine.name());
            report.apart(&what, &[ours.first], &best.samples, Goal::Told);
        }
    }
    whatever_the_range(report, ours)
}

fn best_of<'a>(answers: &[&'a Answer], engines: &[Engine]) -> Option<&'a Answer> {
    let cost = |answer: &Answer| Spread::cpu(&answer.samples, 1).median;
    let rivals = answers.iter().copied().filter(|answer| engines.contains(&answer.engine));
    rivals.min_by(|a, b| cost(a).total_cmp(&cost(b)))
}

/// An average costs the same over a month, a year and ten years.
fn whatever_the_range(report: &mut Report, ours: &BTreeMap<&str, Repeated>) -> Result<()> {
    let of = |name| ours.get(name).map(|repeated| &repeated.samples).ok_or("not asked");
    let month = of("covered_30")?;
    for (name, what) in [("covered_365", "a year"), ("covered_3650", "ten years")] {
        let what = format!("average daily caseload over {what} : over 30 days");
        report.growth(&what, 1, of(name)?, month, Goal::AtMost(1.5));
    }
    Ok(())
}
