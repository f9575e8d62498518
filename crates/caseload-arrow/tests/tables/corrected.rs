//! What was corrected, what a report said then, and what lies outside its enrollment.

use caseload::{
    Ending, KnownAt, Line,
    report::{Case, Filter},
};

use crate::{
    read::{assert_rows, row, table},
    told::{Told, on},
};

fn side(line: Option<&Line>) -> Vec<String> {
    match line {
        None => vec!["-".to_owned(); 8],
        Some(Line::Assignment(a)) => {
            let (start, end, status) = (a.period.start(), a.period.end(), a.status.word());
            row![a.id, a.staff, start, end, a.role, None::<u64>, status, a.supersedes]
        }
        Some(Line::Enrollment(e)) => {
            let (start, end, status) = (e.period.start(), e.period.end(), e.status.word());
            let ending = if e.ending == Ending::Dismissed { "dismissed" } else { "as_entered" };
            row![e.id, None::<u64>, start, end, None::<u64>, ending, status, e.supersedes]
        }
    }
}

#[test]
fn corrections_before_and_after() {
    let told = Told::of_everything();
    let report = told.snapshot().corrections(None, &Filter::all(), &on("2024-06-15")).unwrap();
    let whom = |line: &Line| match line {
        Line::Assignment(a) => row!["assignment", a.participant, a.program],
        Line::Enrollment(e) => row!["enrollment", e.participant, e.program],
    };
    let rows = report.corrections.iter().map(|one| {
        let by = &one.by;
        let mut row = row![by.position, by.recorded, by.actor.as_str(), one.reason];
        row.extend(whom(&one.before));
        row.extend(side(Some(&one.before)));
        row.extend(side(one.after.as_ref()));
        assert!(one.after.as_ref().is_none_or(|after| whom(after) == whom(&one.before)));
        row
    });
    let columns = "entered_position entered_at entered_by reason kind participant program \
                   before_id before_staff before_start before_end before_role before_ending \
                   before_status before_supersedes \
                   after_id after_staff after_start after_end after_role after_ending \
                   after_status after_supersedes";
    assert_rows(&report, "corrections", columns, rows);
    assert_eq!(report.corrections.iter().filter(|one| one.after.is_none()).count(), 1);
    let schema = table(&report, "corrections").schema();
    let about = |key: &str| schema.metadata().get(key).cloned();
    assert_eq!(about("caseload.after"), Some("0".to_owned()));
    assert_eq!(about("caseload.up_to"), Some(report.up_to.to_string()));
}

fn case(word: &str, case: &Case) -> Vec<String> {
    row![word, case.staff, case.program, case.participant, case.assignment, case.role, case.start]
}

#[test]
fn then_and_now_case_by_case() {
    let told = Told::of_everything();
    let snapshot = told.snapshot();
    // Before the transfer.
    let then = KnownAt::Position(15);
    let asked = on("2024-03-10");
    let report = snapshot.caseload_then_and_now(then, &Filter::all(), &asked).unwrap();
    assert!(!report.gone.is_empty() && !report.come.is_empty());
    let cases = (report.then.cases.iter().map(|one| case("then", one)))
        .chain(report.now.cases.iter().map(|one| case("now", one)));
    let columns = "staff program participant assignment role start";
    assert_rows(&report, "then_and_now_cases", &format!("known {columns}"), cases);
    let changes = (report.gone.iter().map(|one| case("gone", one)))
        .chain(report.come.iter().map(|one| case("come", one)));
    assert_rows(&report, "then_and_now_changes", &format!("change {columns}"), changes);
    for (name, loads) in [
        ("then_and_now_loads_then", &report.then.loads),
        ("then_and_now_loads_now", &report.now.loads),
    ] {
        let rows = loads.iter().map(|(of, load)| {
            row![of.staff, of.program, load.cases, load.participants, load.primaries]
        });
        assert_rows(&report, name, "staff program cases participants primaries", rows);
    }
}

#[test]
fn misplaced_cases_and_where_they_start() {
    let mut told = Told::of_everything();
    // One that starts outside every enrollment by now.
    told.enroll("e7 c5 p2 2024-01-01 -");
    told.assign("a9 s1 c5 p2 2024-01-01 -");
    told.record(
        r#""mirror_enrollments","program":"p2","on_outside":"report","rows":[{"id":"e7","participant":"c5","start":"2024-02-01","end":null}]"#,
    );
    let report = told.snapshot().misplaced(&Filter::all(), &on("2024-06-15")).unwrap();
    let rows = report.cases.iter().map(|one| {
        let mut row = case("", &one.case).split_off(1);
        let enrollment = one.enrollment.as_ref();
        row.extend(row![one.period.end(), enrollment.map(|(id, _)| id)]);
        row.extend(row![enrollment.map(|(_, days)| days.start())]);
        row.extend(row![enrollment.and_then(|(_, days)| days.end())]);
        row
    });
    let columns = "staff program participant assignment role start end \
                   enrollment enrollment_start enrollment_end";
    assert_rows(&report, "misplaced_cases", columns, rows);
    let outside = report.cases.iter().filter(|one| one.enrollment.is_none()).count();
    assert_eq!((report.cases.len(), outside), (2, 1));
    let counts = report.counts.iter().map(|(of, count)| row![of.staff, of.program, *count]);
    assert_rows(&report, "misplaced_counts", "staff program cases", counts);
}
