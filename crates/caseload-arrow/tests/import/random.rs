//! Made-up tables, some of whose rows are wrong, and what becomes of them.

use std::collections::{HashMap, HashSet};

use arrow_array::RecordBatch;
use caseload_arrow::import::{InputTable, Mode, Tables};

use crate::given::{
    ASSIGNMENTS, ENROLLMENTS, HISTORY, agency, batch, counts, everything, import, import_as,
    reader, texts, words,
};

/// Numbers that are the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A row of texts; an empty one is null.
type Row = Vec<String>;

/// An agency as tables.
pub(crate) struct World {
    enrollments: Vec<Row>,
    assignments: Vec<Row>,
}

const PROGRAMS: usize = 3;
const STAFF: usize = 5;

impl World {
    /// With rows that break rules.
    pub(crate) fn of(seed: u64, rows: usize) -> World {
        let mut world = World::well(seed, rows);
        let random = &mut Random(seed.wrapping_mul(31).wrapping_add(5));
        for row in &mut world.assignments {
            match random.below(20) {
                0 => row[1] = "nobody".to_owned(),
                1 => row[4] = "2024-2-1".to_owned(),
                2 => row[2] = String::new(),
                3 => row[4] = "2010-01-01".to_owned(),
                4 => row[5] = "2015-01-01".to_owned(),
                5 => row[3] = format!("p{}", random.below(PROGRAMS + 1)),
                _ => {}
            }
        }
        for row in &mut world.enrollments {
            match random.below(20) {
                0 => row[3] = "2019-01-01".to_owned(),
                1 => row[2] = "nowhere".to_owned(),
                2 => row[4] = "2000-01-01".to_owned(),
                _ => {}
            }
        }
        world
    }

    /// Without any: each participant has enrollments one after the other, and in each caseworkers one
    /// after the other.
    pub(crate) fn well(seed: u64, rows: usize) -> World {
        let random = &mut Random(seed.wrapping_add(1));
        let (mut enrollments, mut assignments) = (Vec::new(), Vec::new());
        let mut participant = 0;
        while assignments.len() < rows {
            participant += 1;
            let program = format!("p{}", random.below(PROGRAMS));
            let mut day = 18_300 + random.below(300);
            for _ in 0..=random.below(2) {
                let first = day;
                for _ in 0..=random.below(3) {
                    let next = day + random.below(90);
                    assignments.push(vec![
                        format!("a{}", assignments.len()),
                        format!("s{}", random.below(STAFF)),
                        format!("c{participant}"),
                        program.clone(),
                        date(day),
                        date(next),
                        ["", "primary", "second"][random.below(3)].to_owned(),
                    ]);
                    day = next + 1;
                }
                enrollments.push(vec![
                    format!("e{}", enrollments.len()),
                    format!("c{participant}"),
                    program.clone(),
                    date(first),
                    date(day),
                ]);
                day += 1 + random.below(50);
            }
        }
        for rows in [&mut enrollments, &mut assignments] {
            for at in (1..rows.len()).rev() {
                rows.swap(at, random.below(at + 1));
            }
        }
        World { enrollments, assignments }
    }

    pub(crate) fn tables(&self) -> Tables<'static> {
        let ids = |prefix: &str, end| texts((0..end).map(|number| format!("{prefix}{number}")));
        let programs = batch(&[("id", ids("p", PROGRAMS)), ("policy", texts([HISTORY; PROGRAMS]))]);
        Tables::new()
            .programs(reader(&[programs]))
            .staff(reader(&[batch(&[("id", ids("s", STAFF))])]))
            .enrollments(reader(&[of_rows(
                &self.enrollments,
                &["id", "participant", "program", "start", "end"],
            )]))
            .assignments(reader(&[of_rows(
                &self.assignments,
                &["id", "staff", "participant", "program", "start", "end", "role"],
            )]))
    }
}

fn of_rows(rows: &[Row], names: &[&'static str]) -> RecordBatch {
    let columns: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let cells = rows.iter().map(|row| if row[at].is_empty() { "-" } else { &row[at] });
            (*name, words(&cells.collect::<Vec<_>>().join(" ")))
        })
        .collect();
    batch(&columns)
}

/// Days from 1970-01-01.
fn date(days: usize) -> String {
    let day = caseload::Day::from_ymd(1970, 1, 1).unwrap();
    day.plus(i32::try_from(days).unwrap()).unwrap().to_string()
}

fn or_null(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[test]
fn what_goes_in_is_what_is_there() {
    for seed in 0..8 {
        let (world, agency) = (World::well(seed, 400), agency());
        let import = import(&agency, world.tables());
        assert!(import.refused.is_empty(), "{:?}", import.refused);
        let lines = everything(&agency);
        let stored: HashSet<Row> = lines
            .assignments
            .iter()
            .map(|line| {
                let end = line.period.end().map(|end| end.to_string());
                let role = line.role.as_ref().map(|role| role.as_str().to_owned());
                vec![
                    line.id.to_string(),
                    line.staff.to_string(),
                    line.participant.to_string(),
                    line.program.to_string(),
                    line.period.start().to_string(),
                    end.unwrap_or_default(),
                    role.unwrap_or_default(),
                ]
            })
            .collect();
        assert_eq!(stored, world.assignments.iter().cloned().collect());
        let stored: HashSet<Row> = lines
            .enrollments
            .iter()
            .map(|one| {
                let end = one.period.end().map(|end| end.to_string());
                let (id, whose) = (one.id.to_string(), one.participant.to_string());
                let start = one.period.start().to_string();
                vec![id, whose, one.program.to_string(), start, end.unwrap_or_default()]
            })
            .collect();
        assert_eq!(stored, world.enrollments.iter().cloned().collect());
    }
}

#[test]
fn every_row_is_in_one_place_and_accepted_ones_are_stored() {
    for seed in 20..30 {
        let (world, agency) = (World::of(seed, 400), agency());
        let import = import_as(&agency, world.tables(), Mode::Partial).unwrap();
        assert!(counts(&import, ASSIGNMENTS)[2] > 0 && counts(&import, ENROLLMENTS)[2] > 0);
        let lines = everything(&agency);
        let refused = |table: InputTable| -> HashSet<u64> {
            let of_table = import.refused.iter().filter(|refused| refused.table == table);
            of_table.map(|refused| refused.row).collect()
        };
        let assignments: HashMap<_, _> =
            lines.assignments.iter().map(|line| (line.id.to_string(), line)).collect();
        let bad = refused(ASSIGNMENTS);
        for (number, row) in (1..).zip(&world.assignments) {
            let stored = assignments.get(&row[0]);
            assert_eq!(stored.is_some(), !bad.contains(&number), "assignment {number}");
            if let Some(line) = stored {
                assert_eq!(line.staff.as_str(), row[1]);
                assert_eq!(line.period.end().map(|end| end.to_string()), or_null(&row[5]));
            }
        }
        let enrollments: HashSet<_> =
            lines.enrollments.iter().map(|one| one.id.to_string()).collect();
        let bad = refused(ENROLLMENTS);
        for (number, row) in (1..).zip(&world.enrollments) {
            assert_eq!(
                enrollments.contains(&row[0]),
                !bad.contains(&number),
                "enrollment {number}"
            );
        }
        assert_eq!(assignments.len() as u64, counts(&import, ASSIGNMENTS)[0]);
        assert_eq!(enrollments.len() as u64, counts(&import, ENROLLMENTS)[0]);
    }
}
