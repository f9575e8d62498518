//! Who waits, who was handed over, and what was entered about one participant.

use caseload::{
    Cause, ParticipantId,
    report::{Changed, EndCause, Entered, Filter},
};

use crate::{
    read::{assert_rows, row},
    told::{Told, on, range},
};

fn entered(by: Option<&Entered>) -> Vec<String> {
    row![by.map(|by| by.position), by.map(|by| by.recorded), by.map(|by| by.actor.as_str())]
}

fn changed(changed: Option<&Changed>) -> Vec<String> {
    let mut cells = entered(changed.map(|changed| &changed.by));
    cells.extend(row![changed.and_then(|changed| changed.reason.as_ref())]);
    cells
}

#[test]
fn who_waits_and_how_many_of_how_many() {
    let told = Told::of_everything();
    let report = told.snapshot().without_caseworker(&Filter::all(), &on("2024-04-20")).unwrap();
    assert!(!report.waiting.is_empty());
    let waiting = report
        .waiting
        .iter()
        .map(|one| row![one.program, one.participant, one.enrollment, one.since]);
    assert_rows(&report, "unassigned_waiting", "program participant enrollment since", waiting);
    let counts = report.counts.iter().map(|(program, count)| {
        row![program, count.without, count.enrolled, count.share().map(|share| share.as_f64())]
    });
    assert_rows(&report, "unassigned_counts", "program without enrolled share", counts);
}

#[test]
fn gaps_and_the_days_they_are_of() {
    let told = Told::of_everything();
    let spring = range("2024-01-01", "2024-06-01");
    let report = told.snapshot().coverage_gaps(spring, &Filter::all(), &on("2024-06-15")).unwrap();
    let timelines = report.timelines.iter().map(|((program, participant), found)| {
        let share = found.share().map(|share| share.as_f64());
        row![program, participant, found.uncovered_days, found.enrolled_days, share]
    });
    let columns = "program participant uncovered_days enrolled_days share";
    assert_rows(&report, "coverage_gaps_timelines", columns, timelines);
    let mut gaps = Vec::new();
    for ((program, participant), found) in &report.timelines {
        for gap in &found.gaps {
            gaps.push(row![program, participant, gap.first(), gap.end(), gap.days().get()]);
        }
    }
    assert!(gaps.len() > 2);
    assert_rows(&report, "coverage_gaps", "program participant start end days", gaps);
}

#[test]
fn transfers_and_routes() {
    let told = Told::of_everything();
    let spring = range("2024-01-01", "2024-06-01");
    let report = told.snapshot().transfers(spring, &Filter::all(), &on("2024-06-15")).unwrap();
    assert_eq!(report.hand_overs.len(), 1);
    let hand_overs = report.hand_overs.iter().map(|one| {
        let mut row =
            row![one.date, one.program, one.participant, one.from, one.to, one.ended, one.started];
        row.extend(entered(Some(&one.ended_by)));
        row.extend(entered(Some(&one.started_by)));
        row.extend(row![one.reason]);
        row
    });
    let columns = "date program participant from_staff to_staff ended started \
                   ended_position ended_at ended_by started_position started_at started_by reason";
    assert_rows(&report, "transfers_hand_overs", columns, hand_overs);
    let columns = "from_staff to_staff program hand_overs";
    assert_rows(&report, "transfers_routes", columns, [row!["s1", "s2", "p1", 1u64]]);
}

const ENTERED: &str = "entered_position entered_at entered_by";
const CLOSED: &str = "closed_position closed_at closed_by closed_reason superseded_by";

#[test]
fn the_history_of_a_participant() {
    let told = Told::of_everything();
    let mut causes = Vec::new();
    for id in ["c1", "c2", "c3", "c4", "nobody"] {
        let id = ParticipantId::new(id).unwrap();
        let report =
            told.snapshot().participant_history(&id, &Filter::all(), &on("2024-02-20")).unwrap();
        let caseworkers = report
            .caseworkers
            .iter()
            .map(|c| row![c.staff, c.program, c.participant, c.assignment, c.role, c.start]);
        let columns = "staff program participant assignment role start";
        assert_rows(&report, "participant_history_caseworkers", columns, caseworkers);

        let enrollments = report.enrollments.iter().map(|line| {
            let e = &line.enrollment;
            let mut row = row![e.id, e.participant, e.program, e.period.start(), e.period.end()];
            row.push(if e.id.as_str() == "e5" { "dismissed" } else { "as_entered" }.to_owned());
            row.extend(row![e.status.word(), e.supersedes]);
            row.extend(entered(Some(&line.entered)));
            row.extend(changed(line.days_changed.as_ref()));
            row.extend(changed(line.closed.as_ref()));
            row.extend(row![line.superseded_by]);
            row
        });
        let columns = format!(
            "enrollment participant program start end ending status supersedes {ENTERED} \
             days_changed_position days_changed_at days_changed_by days_changed_reason {CLOSED}"
        );
        assert_rows(&report, "participant_history_enrollments", &columns, enrollments);

        let assignments = report.assignments.iter().map(|line| {
            let a = &line.assignment;
            let mut row =
                row![a.id, a.staff, a.participant, a.program, a.period.start(), a.period.end()];
            row.extend(row![a.role, a.status.word(), a.supersedes]);
            row.extend(entered(Some(&line.entered)));
            let cause = line.ended.as_ref().map(|(cause, _)| match cause {
                EndCause::AsEntered => "as_entered",
                EndCause::HandedOver => "handed_over",
                EndCause::Given(Cause::EnrollmentEnd) => "enrollment_end",
                EndCause::Given(_) => "another",
            });
            row.extend(row![cause]);
            causes.extend(cause);
            row.extend(changed(line.ended.as_ref().map(|(_, changed)| changed)));
            row.extend(changed(line.closed.as_ref()));
            row.extend(row![line.superseded_by]);
            row
        });
        let columns = format!(
            "assignment staff participant program start end role status supersedes {ENTERED} \
             ended_cause ended_position ended_at ended_by ended_reason {CLOSED}"
        );
        assert_rows(&report, "participant_history_assignments", &columns, assignments);
    }
    causes.sort_unstable();
    causes.dedup();
    assert_eq!(causes, ["as_entered", "handed_over"]);
}

/// Each word of a cause, as the contract has it.
#[test]
fn every_way_to_an_end_has_its_word() {
    let mut told = Told::new();
    for id in ["c1", "c2", "c3", "c4"] {
        told.enroll(&format!("e-{id} {id} p1 2024-01-01 -"));
        told.assign(&format!("a-{id} s1 {id} p1 2024-01-01 -"));
    }
    told.assign("held s2 c4 p1 2024-01-01 -");
    told.record(r#""end_assignment","id":"a-c1","end":"2024-02-01""#);
    told.record(r#""end_enrollment","id":"e-c2","end":"2024-02-01""#);
    told.record(r#""transfer_all","staff":"s1","to_staff":"s2","program":null,"date":"2024-03-01","on_held":"end_source","only":["c4"]"#);
    told.record(r#""deactivate_staff","id":"s1","end_open":"2024-04-01""#);
    let mirrored = |end: &str| {
        format!(
            r#""mirror_enrollments","program":"p2","rows":[{{"id":"m1","participant":"c5","start":"2024-01-01","end":{end}}}]"#
        )
    };
    told.record(&mirrored("null"));
    told.assign("a-c5 s3 c5 p2 2024-01-01 -");
    told.record(&mirrored(r#""2024-05-01""#));
    let end = |id: &str| {
        let id = ParticipantId::new(id).unwrap();
        let report =
            told.snapshot().participant_history(&id, &Filter::all(), &on("2024-02-20")).unwrap();
        let table = crate::read::table(&report, "participant_history_assignments");
        crate::read::rows_of(&table.into_batches().unwrap())[0][12].clone()
    };
    let words = ["c1", "c2", "c3", "c4", "c5"].map(end);
    assert_eq!(words, ["command", "enrollment_end", "staff_deactivated", "transfer", "mirror"]);
}
