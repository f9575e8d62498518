//! Whole exports into an agency in memory.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use caseload::{
    Actor, Agency, Asked, Context, Day, Enrollment, EnrollmentId, MemoryLog, OnOutside,
    ParticipantId, Policy, ProgramId, RegisterStaff, StaffId, Status,
};
use caseload_io::{
    Flow,
    hmis::{HmisFile, ImportReport, LeftOut, Options, Plan, WarningCode},
};

const FIRST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2024");
const NEWER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2025");

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn agency() -> Agency {
    Agency::open(MemoryLog::new()).unwrap()
}

fn import(agency: &Agency, folder: impl AsRef<Path>, options: &Options) -> ImportReport {
    import_as(agency, folder, options, Context::new(Actor::Root, day("2025-01-15")))
}

fn import_as(
    agency: &Agency,
    folder: impl AsRef<Path>,
    options: &Options,
    context: Context,
) -> ImportReport {
    let plan = Plan::read(folder, options).unwrap();
    let report = plan.record(agency, &context, &mut |_| Flow::Continue).unwrap();
    for (file, counts) in &report.files {
        assert!(counts.add_up(), "{file}: {counts:?}");
        let listed = report.refused.iter().filter(|row| row.file == *file).count();
        assert_eq!(counts.refused, listed as u64, "{file}");
        let reasons = report.left_out.iter().filter(|((of, _), _)| of == file);
        assert_eq!(counts.left_out, reasons.map(|(_, times)| times).sum::<u64>(), "{file}");
    }
    report
}

/// An enrollment as it stands, found by its id.
fn enrollment(agency: &Agency, id: &str) -> Option<Enrollment> {
    let lines = agency.snapshot().unwrap().everything(&Asked::of(day("2025-01-15"))).unwrap();
    lines.enrollments.into_iter().find(|enrollment| enrollment.id.as_str() == id)
}

/// What one run counted of a file: stored, unchanged, left out, refused.
fn counts(report: &ImportReport, file: HmisFile) -> [u64; 4] {
    let counts = report.of(file);
    [counts.stored, counts.unchanged, counts.left_out, counts.refused]
}

fn refused(report: &ImportReport) -> Vec<(&'static str, u64, &'static str)> {
    report.refused.iter().map(|row| (row.file.name(), row.line, row.code)).collect()
}

/// A copy of the first export, to be changed.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in HmisFile::ALL {
        fs::copy(Path::new(FIRST).join(file.name()), folder.path().join(file.name())).unwrap();
    }
    folder
}

/// A small export: one program, one user, and these rows.
fn small(enrollments: &[&str], exits: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: HmisFile, header: &str, rows: &[&str]| {
        let text = format!("{header}\n{}\n", rows.join("\n"));
        fs::write(folder.path().join(file.name()), text).unwrap();
    };
    let header = "ExportID,ExportStartDate,ExportEndDate,CSVVersion";
    write(HmisFile::Export, header, &["1,2024-01-01,2024-12-31,2026 v1.0"]);
    write(HmisFile::Project, "ProjectID,ProjectName,DateDeleted", &["p1,Shelter,"]);
    let header = "UserID,UserFirstName,UserLastName,DateDeleted";
    write(HmisFile::User, header, &["u1,Ada,Birch,", "u2,Ben,Rowan,"]);
    let header = "EnrollmentID,PersonalID,ProjectID,EntryDate,UserID,DateDeleted";
    write(HmisFile::Enrollment, header, enrollments);
    write(HmisFile::Exit, "EnrollmentID,PersonalID,ExitDate,UserID,DateDeleted", exits);
    folder
}

#[test]
fn every_row_ends_in_exactly_one_counted_place() {
    let report = import(&agency(), FIRST, &Options::default());
    assert_eq!(counts(&report, HmisFile::Export), [0, 0, 1, 0]);
    assert_eq!(counts(&report, HmisFile::Project), [4, 0, 1, 0]);
    assert_eq!(counts(&report, HmisFile::User), [6, 0, 1, 0]);
    assert_eq!(counts(&report, HmisFile::Enrollment), [58, 0, 2, 9]);
    assert_eq!(counts(&report, HmisFile::Exit), [18, 0, 3, 5]);
    let expected = [
        ("Enrollment.csv", 61, "enrollment-overlaps"),
        ("Enrollment.csv", 62, "end-before-start"),
        ("Enrollment.csv", 63, "input-date"),
        ("Enrollment.csv", 64, "field-missing"),
        ("Enrollment.csv", 65, "duplicate-id"),
        ("Enrollment.csv", 66, "unknown-program"),
        ("Enrollment.csv", 68, "exit-refused"),
        ("Enrollment.csv", 69, "exit-refused"),
        ("Enrollment.csv", 70, "row-length"),
        ("Exit.csv", 23, "enrollment-refused"),
        ("Exit.csv", 24, "enrollment-refused"),
        ("Exit.csv", 26, "input-date"),
        ("Exit.csv", 27, "person-mismatch"),
        ("Exit.csv", 28, "unknown-enrollment"),
    ];
    assert_eq!(refused(&report), expected);
    assert_eq!(report.left_out[&(HmisFile::Enrollment, LeftOut::ProjectDeleted)], 1);
    assert_eq!(report.left_out[&(HmisFile::Exit, LeftOut::EnrollmentDeleted)], 1);
    assert_eq!(report.warnings[&WarningCode::UserNotListed], 1);
    assert_eq!((report.stubs, report.voided, report.proxies), (1, 0, None));
    assert_eq!((report.export_id.as_str(), report.export_end), ("XP1", Some(day("2024-09-30"))));
}

#[test]
fn the_report_is_a_table_without_a_single_id() {
    let printed = import(&agency(), FIRST, &Options::default()).to_string();
    assert!(printed.contains("Enrollment.csv                   69         58"), "{printed}");
    assert!(printed.contains("Exit.csv line 28: EnrollmentID is not in"), "{printed}");
    for id in ["E10", "P20"] {
        assert!(!printed.contains(id), "{printed}");
    }
}

#[test]
fn days_are_taken_as_they_are_the_exit_day_being_the_first_not_covered() {
    let agency = agency();
    import(&agency, FIRST, &Options::default());
    let stay = enrollment(&agency, "E1002").unwrap();
    assert_eq!(
        (stay.period.start(), stay.period.end()),
        (day("2023-11-13"), Some(day("2024-03-15")))
    );
    assert!(!stay.period.covers(day("2024-03-15")));
    let same_day = enrollment(&agency, "E1060").unwrap();
    assert!(same_day.period.is_zero_day());
    assert_eq!(enrollment(&agency, "E1071").unwrap().period.end(), None, "its exit was withdrawn");
    assert_eq!(enrollment(&agency, "E1062"), None, "it was withdrawn");
}

#[test]
fn the_same_export_again_stores_nothing() {
    for options in
        [Options::default(), Options::default().assign_by_user(), Options::default().complete()]
    {
        let agency = agency();
        let first = import(&agency, FIRST, &options);
        let head = agency.head();
        let again = import(&agency, FIRST, &options);
        assert_eq!(agency.head(), head);
        for file in HmisFile::ALL {
            let [stored, unchanged, left_out, refused] = counts(&first, file);
            assert_eq!(unchanged, 0);
            assert_eq!(counts(&again, file), [0, stored, left_out, refused], "{file}");
        }
        let proxies = again.proxies.unwrap_or_default();
        assert_eq!((proxies.stored, proxies.unchanged), (0, proxies.rows));
        // Nor on another day, by somebody else: what was asked then differs, what is stored does not.
        import_as(&agency, FIRST, &options, Context::new(Actor::Root, day("2025-02-01")));
        assert_eq!(agency.head(), head);
    }
}

#[test]
fn a_newer_export_records_only_what_changed() {
    let agency = agency();
    import(&agency, FIRST, &Options::default());
    let report = import(&agency, NEWER, &Options::default());
    assert_eq!(counts(&report, HmisFile::Project), [1, 3, 1, 0], "one has another name");
    assert_eq!(counts(&report, HmisFile::User), [2, 5, 1, 0], "one is new, one has another name");
    assert_eq!(counts(&report, HmisFile::Enrollment), [10, 51, 2, 9]);
    assert_eq!(counts(&report, HmisFile::Exit), [4, 17, 3, 4]);
    assert_eq!(report.voided, 1, "one was withdrawn since");
    assert_eq!(enrollment(&agency, "E1061").unwrap().period.start(), day("2024-04-03"));
    assert_eq!(enrollment(&agency, "E1067").unwrap().period.start(), day("2024-02-01"));
    let head = agency.head();
    import(&agency, NEWER, &Options::default());
    assert_eq!(agency.head(), head);
}

#[test]
fn an_older_export_after_a_newer_one_is_no_repetition() {
    let agency = agency();
    import(&agency, FIRST, &Options::default());
    import(&agency, NEWER, &Options::default());
    import(&agency, FIRST, &Options::default());
    assert_eq!(enrollment(&agency, "E1061").unwrap().period.start(), day("2024-04-02"));
}

#[test]
fn a_complete_export_voids_what_it_does_not_list() {
    let plain = agency();
    let first = small(&["e1,c1,p1,2024-01-01,u1,", "e2,c2,p1,2024-01-01,u1,"], &[]);
    // e1 is not listed any more, and another stay is in its place.
    let newer = small(&["e2,c2,p1,2024-01-01,u1,", "e3,c1,p1,2024-01-05,u1,"], &[]);
    import(&plain, first.path(), &Options::default());
    let report = import(&plain, newer.path(), &Options::default());
    assert_eq!(refused(&report), [("Enrollment.csv", 3, "enrollment-overlaps")]);
    assert_eq!(report.voided, 0);

    let complete = agency();
    import(&complete, first.path(), &Options::default().assign_by_user());
    let report = import(&complete, newer.path(), &Options::default().complete());
    assert_eq!((report.voided, refused(&report)), (1, vec![]));
    assert_eq!(report.warnings[&WarningCode::AssignmentsClipped], 1);
    assert_eq!(enrollment(&complete, "e1").unwrap().status, Status::Voided);

    // A row about nobody knows what: nothing can be called missing.
    let damaged = small(&["e2,c2,p1,2024-01-01,u1,", ",c1,p1,2024-01-05,u1,"], &[]);
    let report = import(&complete, damaged.path(), &Options::default().complete());
    assert_eq!(report.warnings[&WarningCode::CompleteSkipped], 1);
    assert_eq!(enrollment(&complete, "e3").unwrap().status, Status::Current);
    // A refused row that names its enrollment lists it.
    let bad = small(&["e2,c2,p1,2024-01-01,u1,", "e3,c1,p1,soon,u1,"], &[]);
    let report = import(&complete, bad.path(), &Options::default().complete());
    assert_eq!((report.voided, report.of(HmisFile::Enrollment).refused), (0, 1));
}

#[test]
fn a_withdrawn_row_takes_back_what_an_earlier_export_brought() {
    let agency = agency();
    let first = small(&["e1,c1,p1,2024-01-01,u1,", "e2,c2,p1,2024-01-01,u1,"], &[]);
    import(&agency, first.path(), &Options::default().assign_by_user());
    // Somebody is assigned on e2 by hand: that is for a person to look at.
    let desk = agency.acting_as(Actor::Root).on(day("2025-01-15"));
    let by_hand = caseload::Assign::new(
        StaffId::new("u2").unwrap(),
        ParticipantId::new("c2").unwrap(),
        ProgramId::new("p1").unwrap(),
        day("2024-02-01"),
    );
    desk.record(by_hand).unwrap();
    let gone = ["e1,c1,p1,2024-01-01,u1,2024-05-05", "e2,c2,p1,2024-01-01,u1,2024-05-05"];
    let report = import(&agency, small(&gone, &[]).path(), &Options::default().assign_by_user());
    assert_eq!(counts(&report, HmisFile::Enrollment), [1, 0, 0, 1]);
    assert_eq!(refused(&report), [("Enrollment.csv", 3, "assignment-outside")]);
    assert_eq!(enrollment(&agency, "e1").unwrap().status, Status::Voided);
    assert_eq!(enrollment(&agency, "e2").unwrap().status, Status::Current);
}

#[test]
fn of_two_rows_with_one_id_the_live_one_counts() {
    let rows = ["e1,c1,p1,2024-01-01,u1,2024-05-05", "e1,c1,p1,2024-01-02,u1,"];
    let agency = agency();
    let report = import(&agency, small(&rows, &[]).path(), &Options::default());
    assert_eq!(counts(&report, HmisFile::Enrollment), [1, 0, 1, 0]);
    assert_eq!(enrollment(&agency, "e1").unwrap().period.start(), day("2024-01-02"));
}

#[test]
fn many_overlaps_cost_only_the_rows_that_are_too_many() {
    let rows: Vec<String> =
        (1..=40).map(|n| format!("e{n},c1,p1,2024-01-{:02},u1,", n % 28 + 1)).collect();
    let mut rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    rows.push("x,c2,p1,2024-01-01,u1,");
    let report = import(&agency(), small(&rows, &[]).path(), &Options::default());
    assert_eq!(counts(&report, HmisFile::Enrollment), [2, 0, 0, 39]);
    assert_eq!(report.refused_by_code(), [("enrollment-overlaps", 39)]);
}

#[test]
fn assignments_come_from_users_only_on_request_and_are_marked() {
    let plain = agency();
    import(&plain, FIRST, &Options::default());
    let asked = Asked::of(day("2024-09-30"));
    assert!(plain.snapshot().unwrap().held(None, &asked).unwrap().is_empty());

    let agency = agency();
    let rows = small(
        &["e1,c1,p1,2024-01-01,u1,", "e2,c2,p1,2024-01-01,u2,", "e3,c3,p1,2024-01-01,,"],
        &["e1,c1,2024-02-01,u2,"],
    );
    let report = import(&agency, rows.path(), &Options::default().assign_by_user());
    let proxies = report.proxies.unwrap();
    assert_eq!((proxies.rows, proxies.stored, proxies.refused), (3, 3, 0));
    assert_eq!(report.warnings[&WarningCode::UserMissing], 1);
    let lines = agency.snapshot().unwrap().everything(&asked).unwrap().assignments;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| {
            let role = line.role.as_ref().map(|role| role.as_str().to_owned()).unwrap();
            let end = line.period.end().map(|end| end.to_string());
            (
                line.id.to_string(),
                line.staff.to_string(),
                line.period.start().to_string(),
                end,
                role,
            )
        })
        .collect();
    let line = |id: &str, staff: &str, start: &str, end: Option<&str>, role: &str| {
        let end = end.map(str::to_owned);
        (id.to_owned(), staff.to_owned(), start.to_owned(), end, role.to_owned())
    };
    let expected = [
        line("hmis-entry-user-e1", "u1", "2024-01-01", Some("2024-02-01"), "hmis-entry-user"),
        line("hmis-entry-user-e2", "u2", "2024-01-01", None, "hmis-entry-user"),
        line("hmis-exit-user-e1", "u2", "2024-01-31", Some("2024-02-01"), "hmis-exit-user"),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_program_that_takes_no_history_refuses_proxies_and_nothing_else() {
    let options = Options::default().assign_by_user().policy(Policy::default());
    let report = import(&agency(), FIRST, &options);
    let proxies = report.proxies.unwrap();
    assert_eq!(proxies.stored + proxies.refused, proxies.rows);
    assert!(report.refused_proxies.iter().any(|row| row.code == "history-row"));
    assert_eq!(report.of(HmisFile::Enrollment).stored, 58);
}

#[test]
fn assignments_that_stick_out_are_left_alone_on_request() {
    let first = small(&["e1,c1,p1,2024-01-01,u1,"], &[]);
    let newer = small(&["e1,c1,p1,2024-01-01,u1,"], &["e1,c1,2024-02-01,u1,"]);
    for (options, warning) in [
        (Options::default(), WarningCode::AssignmentsClipped),
        (Options::default().on_outside(OnOutside::Report), WarningCode::AssignmentsMisplaced),
    ] {
        let agency = agency();
        import(&agency, first.path(), &Options::default().assign_by_user());
        assert_eq!(import(&agency, newer.path(), &options).warnings[&warning], 1);
    }
}

#[test]
fn a_closed_program_goes_on_with_what_it_has() {
    let agency = agency();
    import(&agency, small(&["e1,c1,p1,2024-01-01,u1,"], &[]).path(), &Options::default());
    let desk = agency.acting_as(Actor::Root).on(day("2025-01-15"));
    desk.record(caseload::CloseProgram::new(ProgramId::new("p1").unwrap())).unwrap();
    let rows = ["e1,c1,p1,2024-01-01,u1,", "e2,c2,p1,2024-01-01,u1,"];
    let newer = small(&rows, &["e1,c1,2024-02-01,u1,"]);
    let report = import(&agency, newer.path(), &Options::default());
    assert_eq!(refused(&report), [("Enrollment.csv", 3, "program-closed")]);
    assert_eq!(enrollment(&agency, "e1").unwrap().period.end(), Some(day("2024-02-01")));
}

#[test]
fn an_actor_without_rights_gets_a_report_of_nothing_but_refusals() {
    let agency = agency();
    let desk = agency.acting_as(Actor::Root).on(day("2025-01-15"));
    desk.record(RegisterStaff::new(StaffId::new("clerk").unwrap())).unwrap();
    let context = Context::new(Actor::new("clerk").unwrap(), day("2025-01-15"));
    let report = import_as(&agency, FIRST, &Options::default().assign_by_user(), context);
    assert_eq!(report.of(HmisFile::Project).refused, 4);
    assert_eq!(report.of(HmisFile::Enrollment).stored, 0);
    assert_eq!(agency.head().position, 1);
}

#[test]
fn a_replaced_id_stays_taken() {
    let agency = agency();
    let folder = small(&["e1,c1,p1,2024-01-01,u1,"], &[]);
    import(&agency, folder.path(), &Options::default());
    let desk = agency.acting_as(Actor::Root).on(day("2025-01-15"));
    let (old, new) = (ProgramId::new("p1").unwrap(), ProgramId::new("p9").unwrap());
    let command =
        caseload::ReplaceId::new(caseload::AnyId::Program(old), caseload::AnyId::Program(new));
    desk.record(command.reason(caseload::Reason::new("new key").unwrap())).unwrap();
    let report = import(&agency, folder.path(), &Options::default());
    let expected = [("Project.csv", 2, "id-taken"), ("Enrollment.csv", 2, "unknown-program")];
    assert_eq!(refused(&report), expected);
}

#[test]
fn a_cancelled_import_goes_on_where_it_stopped() {
    let (whole, stopped) = (agency(), agency());
    import(&whole, FIRST, &Options::default());
    let context = Context::new(Actor::Root, day("2025-01-15"));
    let mut stages = Vec::new();
    for steps in 0.. {
        let plan = Plan::read(FIRST, &Options::default()).unwrap();
        let mut left = steps;
        let mut progress = |progress: caseload_io::Progress| {
            stages.push(progress.stage);
            left -= 1;
            if left < 0 { Flow::Cancel } else { Flow::Continue }
        };
        match plan.record(&stopped, &context, &mut progress) {
            Ok(_) => break,
            Err(error) => assert_eq!(error.code(), "cancelled"),
        }
    }
    let all = |agency: &Agency| {
        agency.snapshot().unwrap().everything(&Asked::of(day("2025-01-15"))).unwrap()
    };
    assert_eq!(all(&stopped), all(&whole));
    assert_eq!(stopped.head().position, whole.head().position);
    assert!(stages.contains(&caseload_io::Stage::Enrollments));
}

#[test]
fn what_stops_an_import_is_named() {
    let options = Options::default();
    let code =
        |folder: &Path| Plan::read(folder, &options).map(|_| "ok").unwrap_or_else(|e| e.code());
    for file in HmisFile::ALL {
        let folder = copy();
        fs::remove_file(folder.path().join(file.name())).unwrap();
        let error = Plan::read(folder.path(), &options).unwrap_err();
        assert_eq!(error.code(), "hmis-file-missing");
        assert!(error.to_string().contains(file.name()), "{error}");
        fs::create_dir(folder.path().join(file.name())).unwrap();
        assert_eq!(code(folder.path()), "hmis-file-unreadable");
    }
    for file in HmisFile::ALL {
        for column in file.columns() {
            let folder = copy();
            let path = folder.path().join(file.name());
            let text = fs::read_to_string(&path).unwrap().replacen(column, "Other", 1);
            fs::write(path, text).unwrap();
            let error = Plan::read(folder.path(), &options).unwrap_err();
            assert_eq!(error.code(), "hmis-column-missing");
            assert!(error.to_string().contains(column), "{error}");
        }
    }
    let folder = copy();
    let path = folder.path().join("Export.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.lines().next().unwrap()).unwrap();
    assert_eq!(code(folder.path()), "hmis-no-export");
    assert_eq!(code(&folder.path().join("Exit.csv")), "hmis-no-folder");
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_a_report_that_adds_up() {
    for file in HmisFile::ALL {
        let folder = small(
            &["e1,c1,p1,2024-01-01,u1,", "\"e2\",c2,p1,2024-01-01,\"u\n2\","],
            &["e1,\"c1\",2024-02-01,u1,"],
        );
        let path = folder.path().join(file.name());
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            if Plan::read(folder.path(), &Options::default()).is_ok() {
                import(&agency(), folder.path(), &Options::default().assign_by_user().complete());
            }
        }
    }
}

#[test]
fn a_damaged_byte_is_an_error_or_a_report_that_adds_up() {
    for file in HmisFile::ALL {
        let folder = small(
            &["e1,c1,p1,2024-01-01,u1,", "e2,c2,p1,2024-01-01,u2,2024-02-02"],
            &["e1,c1,2024-02-01,u2,"],
        );
        let path = folder.path().join(file.name());
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            for byte in [b'"', b',', b'\n', b'\r', 0, 0xFF, b' ', b'9'] {
                let mut damaged = whole.clone();
                damaged[place] = byte;
                fs::write(&path, &damaged).unwrap();
                if Plan::read(folder.path(), &Options::default()).is_ok() {
                    import(&agency(), folder.path(), &Options::default().assign_by_user());
                }
            }
        }
    }
}

#[test]
fn ids_that_were_entered_by_hand_are_not_disturbed() {
    let agency = agency();
    import(&agency, FIRST, &Options::default());
    let desk = agency.acting_as(Actor::Root).on(day("2025-01-15"));
    let by_hand = caseload::Enroll::new(
        ParticipantId::new("walk-in").unwrap(),
        ProgramId::new("101").unwrap(),
        day("2025-01-02"),
    );
    desk.record(by_hand.id(EnrollmentId::new("by-hand").unwrap())).unwrap();
    import(&agency, NEWER, &Options::default());
    assert_eq!(enrollment(&agency, "by-hand").unwrap().status, Status::Current);
}
