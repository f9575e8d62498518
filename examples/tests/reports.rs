//! The example `reports`, as a process: every report is there, and says what is worked out here by hand
//! from the year that `reports/agency.rs` tells.
#![allow(clippy::unwrap_used, reason = "helpers of tests, which clippy does not know for tests")]

use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// Beside the tests, where cargo puts the examples it builds along with them.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    folder.join("examples").join(format!("reports{}", std::env::consts::EXE_SUFFIX))
}

fn reports(arguments: &[&str]) -> Output {
    Command::new(example()).args(arguments).output().unwrap()
}

/// The reports by heading, in order: the cells of each row of a table with `|` between them, and every
/// other line as it is.
fn pages() -> Vec<(String, Vec<String>)> {
    let output = reports(&[]);
    assert!(output.status.success(), "{output:?}");
    let mut pages: Vec<(String, Vec<String>)> = vec![("what it is".to_owned(), Vec::new())];
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        if let Some(title) = line.strip_prefix("== ") {
            pages.push((title.trim_end_matches(" ==").to_owned(), Vec::new()));
        } else {
            let cells: Vec<&str> =
                line.split(['│', '┆']).map(str::trim).filter(|cell| !cell.is_empty()).collect();
            pages.last_mut().unwrap().1.push(cells.join(" | "));
        }
    }
    pages
}

const TITLES: [&str; 20] = [
    "what it is",
    "Current caseload on 2025-12-31",
    "Your own list, only those whom maria works with",
    "Caseload on every day",
    "Average daily caseload",
    "How evenly cases are spread on 2025-12-31",
    "Cases that came and went, month by month",
    "Participants handed over from one worker to another",
    "Enrolled without a worker on 2025-12-31",
    "Days without a worker",
    "Everything entered about P-14",
    "Everything entered about P-12",
    "Everything entered about P-07",
    "How often participants changed workers",
    "How long enrollments and cases last",
    "How many stay longer than so many days in jobs",
    "How many will be enrolled after 2025-12-31",
    "What was put right",
    "The caseload of 2025-06-30, as printed that evening and as known now",
    "Cases that go on outside the enrollment",
];

/// What each report must say, by the beginning of its heading.
const SAID: [(&str, &str); 34] = [
    // maria has P-01, P-05, P-06, P-07; noor P-02, P-04, P-08, P-10 and in jobs P-14; tom P-05, P-09 and
    // P-13, where he is the main worker of all but P-05. P-05 is two cases and one participant.
    ("Current", "maria | housing | 4 | 4 | 4 | 2024-03-01"),
    ("Current", "tom | jobs | 3 | 3 | 2 | 2025-02-01"),
    ("Current", "all workers | both programs | 12 | 11 | 11 | 2024-03-01"),
    // maria had P-02 until March, and P-05 in housing only.
    ("Your own", "P-02 | participant | no | yes"),
    ("Your own", "P-05-jobs | enrollment | no | no"),
    // On 2025-07-15: maria 4, noor P-02, P-04, P-08, P-10 and P-14, tom P-05, P-09, P-12 and P-13.
    ("Caseload on", "All three together: fewest 4, most 13, on 2025-07-15 for the first time."),
    // P-01 365, P-02 90 (to 31 March), P-03 59 (to 28 February), P-05 351 (from 15 January), P-06 230 (from
    // 16 May), P-07 290 (from 17 March): 1385.
    ("Average", "maria | housing | 1385 / 365 = 3.79"),
    // 5 of 12 over 3 workers; over 3, 4, 5: (2 x (1x3 + 2x4 + 3x5) - 4 x 12) / (3 x 12) = 4 / 36.
    (
        "How evenly",
        "both programs | 3 | 12 / 3 = 4.00 | 4 | 3 to 5 | 15 / 12 = 1.25 | 0.20 | 4 / 36 = 0.11",
    ),
    // P-04 was tom's for 242 days, P-08 for 91: in the middle 166.5. P-10 is new.
    ("Cases that came", "2025-07 | 7 | 1 | 2 | 0 | 2 | 8 | 8 | 166.5 | yes"),
    // P-14 goes back to noor, P-15 leaves after 61 days, as long as P-14 was tom's. Nobody comes.
    ("Cases that came", "2025-11 | 5 | 0 | 1 | 1 | 1 | 4 | 5 | 61 | yes"),
    (
        "Participants handed",
        "2025-07-01 | housing | P-08 | tom | noor | tom now works in jobs only | ines on 2025-07-01",
    ),
    ("Participants handed", "tom | noor | housing | 2"),
    // P-01, P-02, P-04 to P-08, P-10 and P-11 are enrolled in housing; P-13 has left jobs.
    ("Enrolled without", "housing | 1 of 9 (11.1 %)"),
    ("Enrolled without", "jobs | 0 of 3 (0.0 %)"),
    ("Enrolled without", "tom: yes"),
    // 20 days in February and 15 in May, of 334 from 1 February on.
    ("Days without", "housing | P-06 | 35 of 334 (10.5 %) | 2025-02-01 to 2025-02-20"),
    ("Days without", "2025-05-01 to 2025-05-15"),
    // P-06 35, P-07 7 and P-11 42 of all days enrolled: 2623 in housing and 1190 in jobs.
    ("Days without", "both programs | all, also those without a gap | 84 of 3813 (2.2 %)"),
    (
        "Everything entered about P-14",
        "enrolled | jobs | 2025-05-01 | open | ines on 2025-05-01 | still counts",
    ),
    (
        "Everything entered about P-07",
        "case of maria | housing | 2025-03-17 | open | ines on 2025-09-10 | still counts",
    ),
    // noor from May to August and in November and December, 184 days; tom 61: 184 x 184 + 61 x 61 - 245 is
    // 37332, and two of 244 steps break.
    ("How often", "jobs | P-14 | 2 | noor 184 | 184 of 245 | 37332 / 59780 | 242 / 244 = | 0"),
    // Nobody had P-11: no share of nothing.
    ("How often", "housing | P-11 | 0 | none | none | none | none | 42"),
    // Of P-05, P-09 and P-14 only P-14 changed, twice; 2539 = 2623 - 84 days with a worker in housing.
    (
        "How often",
        "jobs | 2 | 1282 | 2000 / 1282 = 1.56 | 2 of 3 (66.7 %) | 0 of 3 (0.0 %) | 1 of 3 (33.3 %)",
    ),
    // P-15 left after 61 days, P-12 after 153, P-13 after 183; P-05, P-09 and P-14 are there longer.
    ("How long", "enrolled in jobs | 6 | 3 | 3 | 153 | 183 | none"),
    ("How long", "enrolled in jobs | 1190 / 6 = 198.33 | 1190 / 365 = 3.26"),
    ("How many stay", "61 | 1 / 6 | 83.3 %"),
    ("How many stay", "183 | 1 / 4 | 50.0 %"),
    // P-10 passes 181 days, when one of six left (P-03): 8 + 5/6, and 30 x 6 / 365 newcomers, make 9.33.
    ("How many will", "housing | lengths | 9 | 9.3 | 10.3 | 11.6 | none"),
    // In the end as many leave as come: 6 / 365 over 3 / 1190.
    ("How many will", "jobs | rates | 3 | 3.3 | 3.7 | 4.3 | 6.5"),
    (
        "What was",
        "2025-10-20 | ines | P-13 enrolled in jobs, 2025-04-01 | 2025-04-01 to 2025-09-30 \
         | the program's own list says so",
    ),
    // noor's P-12 was a mistake; maria's P-07 began a week later.
    ("The caseload of", "noor | 3 | 2"),
    ("The caseload of", "all workers | 13 | 12"),
    ("The caseload of", "only as known now | maria | housing | P-07 | 2025-03-17"),
    ("Cases that go", "tom | jobs | P-13 | 2025-04-01 to open | 2025-04-01 to 2025-09-30"),
];

#[test]
fn every_report_is_printed_and_right() {
    let pages = pages();
    let titles: Vec<&str> = pages.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(titles, TITLES);
    for (title, row) in SAID {
        let (_, rows) = pages.iter().find(|(found, _)| found.starts_with(title)).unwrap();
        let is_there =
            rows.iter().any(|found| found == row || found.ends_with(&format!(" | {row}")));
        assert!(is_there, "{title}: {row}\n{rows:#?}");
    }
}

#[test]
fn what_it_does_not_know_is_named() {
    let output = reports(&["--year"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("`--year` is not known here"), "{said}");
    let output = reports(&["--help"]);
    assert!(output.status.success() && output.stdout.starts_with(b"Makes up a small agency"));
}
