//! Line tables, and the lists of a day.

use caseload::Ending;

use crate::{
    read::{assert_rows, row},
    told::{Told, on},
};

#[test]
fn every_line_with_its_status() {
    let told = Told::of_everything();
    let lines = told.snapshot().everything(&on("2024-06-15")).unwrap();
    let ending = |ending: Ending| match ending {
        Ending::AsEntered => "as_entered",
        Ending::Dismissed => "dismissed",
    };
    let enrollments = lines.enrollments.iter().map(|e| {
        let (start, end) = (e.period.start(), e.period.end());
        row![
            e.id,
            e.participant,
            e.program,
            start,
            end,
            ending(e.ending),
            e.status.word(),
            e.supersedes
        ]
    });
    assert_rows(
        &lines,
        "enrollments",
        "enrollment participant program start end ending status supersedes",
        enrollments,
    );
    let assignments = lines.assignments.iter().map(|a| {
        let (start, end) = (a.period.start(), a.period.end());
        row![
            a.id,
            a.staff,
            a.participant,
            a.program,
            start,
            end,
            a.role,
            a.status.word(),
            a.supersedes
        ]
    });
    assert_rows(
        &lines,
        "assignments",
        "assignment staff participant program start end role status supersedes",
        assignments,
    );
}

#[test]
fn a_few_lines_as_an_analyst_reads_them() {
    let told = Told::of_everything();
    let lines = told.snapshot().everything(&on("2024-06-15")).unwrap();
    let read = crate::read::table(&lines, "assignments").into_batches().unwrap();
    let rows: Vec<String> =
        crate::read::rows_of(&read).into_iter().map(|row| row.join(" ")).collect();
    assert_eq!(
        rows,
        [
            "a1 s1 c1 p1 2024-01-01 2024-03-01 primary current -",
            "a2 s1 c2 p1 2024-01-10 2024-07-01 - current -",
            "a3 s2 c1 p2 2024-02-01 - - superseded -",
            "a4 s3 c3 p2 2024-01-15 2024-12-01 co-worker current -",
            "a5 s3 c1 p1 2024-02-05 2024-02-05 - current -",
            "a6 s2 c1 p1 2024-03-01 - primary current -",
            "a7 s3 c1 p2 2024-02-10 - - current a3",
            "a8 s2 c4 p1 2024-03-05 - - voided -",
        ]
    );
}

#[test]
fn held_and_counts() {
    let told = Told::of_everything();
    let (snapshot, asked) = (told.snapshot(), on("2024-02-20"));
    let held = snapshot.held(None, &asked).unwrap();
    assert!(held.len() > 2);
    let rows = held.iter().map(|one| row![one.program, one.participant, one.staff]);
    assert_rows(&held, "held", "program participant staff", rows);
    let counts = snapshot.counts(None, &asked).unwrap();
    let rows: Vec<_> = counts.iter().map(|(staff, count)| row![staff, count]).collect();
    assert!(rows.len() > 1);
    assert_rows(&counts, "counts", "staff assignments", rows.clone());
    assert_rows(&counts.to_vec(), "counts", "staff assignments", rows);
}
