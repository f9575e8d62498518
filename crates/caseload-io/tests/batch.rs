//! Batch files as agencies fill them in, with everything that goes wrong on the way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use caseload::{
    Actor, Agency, Asked, AssignmentId, Command, Context, Day, DeactivateStaff, DefineProgram,
    Enroll, EnrollmentId, Flow, Grant, MAX_BATCH_ROWS, MemoryLog, Name, ParticipantId, ProgramId,
    RegisterStaff, Right, Rights, StaffId,
};
use caseload_io::batch::{
    BatchError, BatchFile, BatchReport, Column, EndBy, Fate, FileVerdict, Mode, Options,
    ResultFile, StaffBy, Template,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

const HEADER: &str =
    "Participant ID,Program name,Staff name,Action,Start date,Last day,Role,Reason";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn context() -> Context {
    Context::new(Actor::Root, day("2024-06-15"))
}

/// Housing with P-1 to P-9 enrolled from 2024-01-01 on, Sam Reed, Ann Lee twice, and Jo without a name.
fn agency() -> Agency {
    let agency = Agency::open(MemoryLog::new()).unwrap();
    let record = |command: Command| agency.record(command, context()).unwrap();
    let housing = ProgramId::new("p1").unwrap();
    record(DefineProgram::new(housing.clone()).name(Name::new("Housing").unwrap()).into());
    record(
        DefineProgram::new(ProgramId::new("p2").unwrap()).name(Name::new("Jobs").unwrap()).into(),
    );
    for (id, name) in [("s1", "Sam Reed"), ("s2", "Ann Lee"), ("s3", "Lee, Ann")] {
        let staff = RegisterStaff::new(StaffId::new(id).unwrap());
        record(staff.name(Name::new(name).unwrap()).into());
    }
    record(RegisterStaff::new(StaffId::new("jo").unwrap()).into());
    for number in 1..10 {
        let client = ParticipantId::new(format!("P-{number}")).unwrap();
        let enroll = Enroll::new(client, housing.clone(), day("2024-01-01"));
        record(enroll.id(EnrollmentId::new(format!("e{number}")).unwrap()).into());
    }
    agency
}

fn open(bytes: impl Into<Vec<u8>>, mode: Mode) -> Result<BatchFile, BatchError> {
    BatchFile::read("june", Cursor::new(bytes.into()), &Options::default().mode(mode))
}

fn run(agency: &Agency, file: BatchFile, context: &Context) -> (BatchReport, Vec<FileVerdict>) {
    let mut told = Vec::new();
    let mut each = |verdict: &FileVerdict| {
        told.push(verdict.clone());
        Ok(())
    };
    let report = file.upload(agency, context, &mut each, &mut |_| Flow::Continue).unwrap();
    assert!(report.counts.add_up(), "{report:?}");
    assert_eq!(report.counts.rows, told.len() as u64);
    (report, told)
}

fn upload(
    agency: &Agency,
    bytes: impl Into<Vec<u8>>,
    mode: Mode,
) -> (BatchReport, Vec<FileVerdict>) {
    run(agency, open(bytes, mode).unwrap(), &context())
}

/// `stored`, `skipped`, or the codes of a refusal, by row.
fn words(verdicts: &[FileVerdict]) -> Vec<(u64, String)> {
    let word = |verdict: &FileVerdict| match verdict.fate {
        Fate::Refused => {
            verdict.problems.iter().map(|problem| problem.code).collect::<Vec<_>>().join(" ")
        }
        Fate::Skipped(why) => why.code().to_owned(),
        fate => fate.word().to_owned(),
    };
    verdicts.iter().map(|verdict| (verdict.row, word(verdict))).collect()
}

fn csv(rows: &str) -> String {
    format!("{HEADER}\n{rows}")
}

/// What one row in a dry run comes to.
fn one(row: &str) -> FileVerdict {
    let (_, told) = upload(&agency(), csv(row), Mode::DryRun);
    told.into_iter().next_back().unwrap()
}

fn codes(row: &str) -> String {
    words(&[one(row)]).remove(0).1
}

fn error(bytes: impl Into<Vec<u8>>) -> BatchError {
    open(bytes, Mode::DryRun).unwrap_err()
}

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(HEADER.split(',')) {
        sheet.write_string(0, column, name).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

fn write_row(sheet: &mut Worksheet, row: u32, texts: &[&str]) {
    for (column, text) in (0..).zip(texts) {
        if !text.is_empty() {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

#[test]
fn rows_begin_and_end_and_a_row_sees_those_before() {
    let agency = agency();
    let rows = "P-1,Housing,Sam Reed,begin,2024-02-01,,,\n\
                P-2,housing,\"reed,  SAM\",,2024-03-01,,,\n\
                P-1,Housing,Sam Reed,end,2024-02-01,2024-06-30,,moved away\n\
                P-1,Housing,Sam Reed,end,2024-02-02,2024-06-30,,\n";
    let (report, told) = upload(&agency, csv(rows), Mode::Partial);
    assert_eq!(report.counts.stored, 3);
    assert_eq!(
        words(&told).iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>(),
        ["stored", "stored", "stored", "unknown-assignment"]
    );
    assert_eq!(told[0].assignment, told[2].assignment);
    let asked = Asked::of(day("2024-06-30"));
    let snapshot = agency.snapshot().unwrap();
    let (client, housing) = (ParticipantId::new("P-1").unwrap(), ProgramId::new("p1").unwrap());
    // The last day still counts.
    assert_eq!(snapshot.caseworkers(&client, &housing, &asked).unwrap().len(), 1);
    let next = Asked::of(day("2024-07-01"));
    assert!(snapshot.caseworkers(&client, &housing, &next).unwrap().is_empty());
}

#[test]
fn an_end_is_found_in_an_earlier_upload_too_and_only_once() {
    let agency = agency();
    upload(&agency, csv("P-1,Housing,Sam Reed,begin,2024-02-01,,,\n"), Mode::Partial);
    let end = csv("P-1,Housing,Sam Reed,end,2024-02-01,2024-06-30,,\n");
    assert_eq!(words(&upload(&agency, end.clone(), Mode::Partial).1)[0].1, "stored");
    assert_eq!(words(&upload(&agency, end, Mode::Partial).1)[0].1, "assignment-ended");
    let wrong = csv("P-1,Housing,Sam Reed,end,2024-02-03,2024-06-30,,\n");
    assert_eq!(words(&upload(&agency, wrong, Mode::Partial).1)[0].1, "unknown-assignment");
}

#[test]
fn the_start_of_the_open_assignment_is_told_where_another_was_given() {
    let agency = agency();
    upload(&agency, csv("P-1,Housing,Sam Reed,begin,2024-02-01,,,\n"), Mode::Partial);
    let wrong = csv("P-1,Housing,Sam Reed,end,2024-02-03,2024-06-30,,\n");
    let (_, told) = upload(&agency, wrong, Mode::DryRun);
    let problem = &told[0].problems[0];
    assert_eq!(problem.nearest, Some((Column::Start, day("2024-02-01"))));
    assert_eq!(
        problem.columns,
        [Column::Participant, Column::ProgramName, Column::StaffName, Column::Start]
    );
}

#[test]
fn a_dry_run_stores_nothing_and_says_what_recording_says() {
    let agency = agency();
    let rows = csv("P-1,Housing,Sam Reed,,2024-02-01,,,\nP-1,Housing,Sam Reed,,2024-02-01,,,\n");
    let head = agency.head();
    let (report, dry) = upload(&agency, rows.clone(), Mode::DryRun);
    assert_eq!(agency.head(), head);
    assert_eq!((report.counts.would_pass, report.counts.refused), (1, 1));
    let (_, stored) = upload(&agency, rows, Mode::Partial);
    assert_eq!(dry[1].problems, stored[1].problems);
}

#[test]
fn all_or_nothing_stores_all() {
    let agency = agency();
    let rows = csv("P-1,Housing,Sam Reed,,2024-02-01,,,\nP-2,Housing,Sam Reed,,2024-02-01,,,\n");
    let (report, _) = upload(&agency, rows, Mode::AllOrNothing);
    assert_eq!((report.counts.stored, report.parts), (2, 1));
}

#[test]
fn all_or_nothing_stores_nothing_where_the_rules_or_the_file_refuse_a_row() {
    for bad in ["P-99,Housing,Sam Reed,,2024-02-01,,,\n", "P-2,Nowhere,Sam Reed,,2024-02-01,,,\n"] {
        let agency = agency();
        let head = agency.head();
        let rows = csv(&format!("P-1,Housing,Sam Reed,,2024-02-01,,,\n{bad}"));
        let (report, told) = upload(&agency, rows, Mode::AllOrNothing);
        assert_eq!(agency.head(), head);
        assert_eq!((report.counts.would_pass, report.counts.refused), (1, 1));
        assert_eq!((told[0].fate, told[1].fate), (Fate::WouldPass, Fate::Refused));
    }
}

#[test]
fn all_or_nothing_has_a_most_and_says_it_before_anything_is_stored() {
    let agency = agency();
    let head = agency.head();
    let rows = csv(&"P-1,Housing,Sam Reed,,2024-02-01,,,\n".repeat(MAX_BATCH_ROWS + 1));
    let file = open(rows, Mode::AllOrNothing).unwrap();
    let none = &mut |_: &FileVerdict| panic!("a verdict was told");
    let error = file.upload(&agency, &context(), none, &mut |_| Flow::Continue).unwrap_err();
    assert_eq!(error.code(), "batch-too-many-rows");
    assert!(error.to_string().contains("10000"), "{error}");
    assert_eq!(agency.head(), head);
}

#[test]
fn the_same_request_goes_on_where_it_was_stopped() {
    let agency = agency();
    let rows: String =
        (1..10).map(|n| format!("P-{n},Housing,Sam Reed,begin,2024-02-01,,,\n")).collect();
    let ends =
        "P-1,Housing,Sam Reed,end,2024-02-01,2024-06-30,,\n,,,,,,,\nP-1,x,y,,2024-02-01,,,\n";
    let text = csv(&format!("{rows}{ends}"));
    let options = Options::default().mode(Mode::Partial).rows_a_part(4);
    let open = || BatchFile::read("june", Cursor::new(text.clone()), &options).unwrap();
    let context = context().request(caseload::RequestId::new("job-7").unwrap());
    let before = agency.head().position;
    let mut rows_told = 0;
    let mut full_disk = |_: &FileVerdict| {
        rows_told += 1;
        if rows_told > 5 { Err(std::io::Error::other("full")) } else { Ok(()) }
    };
    let stopped = open().upload(&agency, &context, &mut full_disk, &mut |_| Flow::Continue);
    assert_eq!(stopped.unwrap_err().code(), "batch-unwritable");
    assert_eq!(agency.head().position, before + 2);
    let (first, told) = run(&agency, open(), &context);
    assert_eq!((first.counts.stored, first.counts.refused, first.counts.skipped), (10, 1, 1));
    assert_eq!(agency.head().position, before + 3);
    assert_eq!(run(&agency, open(), &context), (first, told));
    assert_eq!(agency.head().position, before + 3);
    assert!(agency.outcome(&caseload::RequestId::new("job-7.2").unwrap()).unwrap().is_some());
}

#[test]
fn an_end_before_its_begin_is_refused_again_where_it_was_refused_before() {
    let agency = agency();
    let rows = "P-1,Housing,Sam Reed,end,2024-02-01,2024-06-30,,\n\
                P-1,Housing,Sam Reed,begin,2024-02-01,,,\n\
                P-1,Housing,Sam Reed,end,2024-02-03,2024-06-30,,\n";
    let request = context().request(caseload::RequestId::new("job-7").unwrap());
    let again = || run(&agency, open(csv(rows), Mode::Partial).unwrap(), &request);
    let first = again();
    let unknown = "unknown-assignment";
    assert_eq!(
        words(&first.1).iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>(),
        [unknown, "stored", unknown]
    );
    let head = agency.head();
    assert_eq!(again(), first);
    assert_eq!(agency.head(), head);
}

#[test]
fn other_rows_under_the_same_request_are_an_error_and_without_one_nothing_is_stored_twice() {
    let agency = agency();
    let request = context().request(caseload::RequestId::new("job-7").unwrap());
    let rows = csv("P-1,Housing,Sam Reed,,2024-02-01,,,\n");
    run(&agency, open(rows.clone(), Mode::Partial).unwrap(), &request);
    let other = open(csv("P-2,Housing,Sam Reed,,2024-02-01,,,\n"), Mode::Partial).unwrap();
    let each = &mut |_: &FileVerdict| Ok(());
    let error = other.upload(&agency, &request, each, &mut |_| Flow::Continue).unwrap_err();
    assert_eq!(error.code(), "request-reused");
    let (_, told) = upload(&agency, rows, Mode::Partial);
    assert_eq!(words(&told), [(2, "already-assigned".to_owned())]);
}

#[test]
fn cancelling_keeps_what_was_stored() {
    let agency = agency();
    let file = open(csv("P-1,Housing,Sam Reed,,2024-02-01,,,\n"), Mode::Partial).unwrap();
    let each = &mut |_: &FileVerdict| Ok(());
    let error = file.upload(&agency, &context(), each, &mut |_| Flow::Cancel).unwrap_err();
    assert_eq!(error.code(), "cancelled");
}

#[test]
fn progress_is_told_to_the_end() {
    let agency = agency();
    let text = csv(&"P-1,Housing,Sam Reed,,2024-02-01,,,\n".repeat(3_000));
    let mut seen = Vec::new();
    open(text.clone(), Mode::DryRun)
        .unwrap()
        .upload(&agency, &context(), &mut |_| Ok(()), &mut |progress| {
            seen.push((progress.done, progress.total));
            Flow::Continue
        })
        .unwrap();
    assert_eq!(seen.len(), 4);
    assert_eq!(seen.last(), Some(&(text.len() as u64, text.len() as u64)));
}

#[test]
fn an_unknown_actor_is_an_error_and_not_the_fault_of_each_row() {
    let agency = agency();
    let stranger = Context::new(Actor::new("nobody").unwrap(), day("2024-06-15"));
    let each = &mut |_: &FileVerdict| Ok(());
    for mode in [Mode::DryRun, Mode::Partial, Mode::AllOrNothing] {
        let file = open(csv("P-1,Housing,Sam Reed,,2024-02-01,,,\n"), mode).unwrap();
        let error = file.upload(&agency, &stranger, each, &mut |_| Flow::Continue).unwrap_err();
        assert_eq!(error.code(), "unknown-actor");
    }
}

#[test]
fn rights_are_asked_of_whoever_uploads() {
    let agency = agency();
    let sam = StaffId::new("s1").unwrap();
    let own = Rights::of(&[Right::Own]);
    agency.record(Grant::new(sam.clone(), own), context()).unwrap();
    let rows = csv("P-1,Housing,Sam Reed,,2024-02-01,,,\nP-1,Housing,jo,,2024-02-01,,,\n")
        .replace("Staff name", "Staff ID")
        .replace("Sam Reed", "s1");
    let file = open(rows, Mode::Partial).unwrap();
    let (_, told) = run(&agency, file, &Context::new(Actor::Staff(sam), day("2024-06-15")));
    assert_eq!(words(&told), [(2, "stored".to_owned()), (3, "others-right-missing".to_owned())]);
}

#[test]
fn what_a_row_may_not_say() {
    assert_eq!(codes("P-1,Housing,Sam Reed,,2024-02-01,,,"), "would pass");
    assert_eq!(codes(",,,begin,,,,"), "field-missing field-missing field-missing field-missing");
    assert_eq!(codes("P-1,Housing,Sam Reed,stop,2024-02-01,,,"), "row-kind");
    assert_eq!(codes("P-1,Housing,Sam Reed,,2024-02-01,2024-07-01,,"), "field-missing");
    assert_eq!(codes("P-1,Housing,Sam Reed,end,2024-02-01,,,"), "field-missing");
    assert_eq!(codes("P-1,Housing,Sam Reed,begin,2024-02-01,,,tired"), "field-unexpected");
    assert_eq!(
        codes("P-1,Housing,Sam Reed,end,2024-02-01,2024-07-01,primary,"),
        "field-unexpected"
    );
    assert_eq!(codes("P-1,Nowhere,Nobody,,2024-02-01,,,"), "unknown-name unknown-name");
    assert_eq!(codes("P-1,Housing,Ann Lee,,2024-02-01,,,"), "ambiguous-name");
    assert_eq!(codes("P-\u{7}1,Housing,Sam Reed,,2024-02-01,,,"), "input-id");
    assert_eq!(codes(&format!("{},Housing,Sam Reed,,2024-02-01,,,", "x".repeat(129))), "input-id");
    assert_eq!(codes("P-1,Housing,Sam Reed,,2024-02-01,,,,,\n,,,,,,,,,,"), "would pass");
    assert_eq!(codes("P-1,Housing,Sam Reed,,2024-02-01,,,,,extra"), "row-length");
    assert_eq!(codes("P-1,Housing,Sam Reed"), "row-length");
    let role = format!("P-1,Housing,Sam Reed,,2024-02-01,,{},", "r".repeat(65));
    assert_eq!(codes(&role), "too-large");
    assert_eq!(codes("P-99,Housing,Sam Reed,,2024-02-01,,,"), "not-enrolled");
    assert_eq!(codes("P-1,Jobs,Sam Reed,,2024-02-01,,,"), "not-enrolled");
}

#[test]
fn days_are_written_one_way() {
    for wrong in ["2024-2-1", "02/01/2024", "2023-02-29", "45323", "2024-02-01T00:00:00", "NULL"] {
        let verdict = one(&format!("P-1,Housing,Sam Reed,,{wrong},,,"));
        assert_eq!(verdict.problems[0].code, "input-date", "{wrong}");
        assert_eq!(verdict.problems[0].columns, [Column::Start]);
        assert!(verdict.to_string().contains("YYYY-MM-DD"), "{verdict}");
    }
    assert_eq!(codes("P-1,Housing,Sam Reed,begin,2024-02-01,9999-12-31,,"), "input-date");
}

#[test]
fn the_rules_speak_of_the_files_own_columns_and_last_days() {
    let early = one("P-1,Housing,Sam Reed,,2023-12-01,,,");
    assert_eq!(early.problems[0].code, "outside-enrollment");
    assert_eq!(early.problems[0].columns, [Column::Start]);
    assert_eq!(early.problems[0].nearest, Some((Column::Start, day("2024-01-01"))));
    // A last day before the start would be a zero-day period if it were the day before.
    assert_eq!(codes("P-1,Housing,Sam Reed,begin,2024-02-01,2024-01-31,,"), "end-before-start");
    let history = one("P-1,Housing,Sam Reed,begin,2024-02-01,2024-06-14,,");
    assert_eq!(history.problems[0].code, "history-row");
    assert_eq!(history.problems[0].columns, [Column::LastDay]);
    assert_eq!(history.problems[0].nearest, Some((Column::LastDay, day("2024-06-15"))));
    assert!(history.problems[0].text.contains("2024-06-14"), "{history}");
}

#[test]
fn an_end_may_be_the_first_day_not_covered_and_staff_may_have_two_columns() {
    let agency = agency();
    let text = "Participant ID;Program ID;Staff first name;Staff last name;Action;Start date;End (first day not covered)\n\
                P-1;p1;Sam;Reed;begin;2024-02-01;2024-06-30\n\
                P-2;p1;Ann;Lee;begin;2024-02-01;\n\
                P-2;p1;Ann;;begin;2024-02-01;\n";
    let (_, told) = upload(&agency, text, Mode::Partial);
    assert_eq!(
        words(&told).into_iter().map(|(_, word)| word).collect::<Vec<_>>(),
        ["stored", "ambiguous-name", "field-missing"]
    );
    assert_eq!(told[1].problems[0].columns, [Column::StaffFirstName, Column::StaffLastName]);
    assert_eq!(told[2].problems[0].columns, [Column::StaffLastName]);
    let lines = agency.snapshot().unwrap().everything(&Asked::of(day("2024-06-15"))).unwrap();
    assert_eq!(lines.assignments[0].period.end(), Some(day("2024-06-30")));
}

#[test]
fn rows_are_numbered_as_in_a_spreadsheet_and_blank_ones_are_skipped_and_counted() {
    let agency = agency();
    let rows = "P-1,Housing,\"Sam\nReed\",,2024-02-01,,,\n\n,,,,,,,\nP-2,Housing,Sam Reed,,2024-02-01,,,\n\n\n";
    let (report, told) = upload(&agency, csv(rows).replace('\n', "\r\n"), Mode::DryRun);
    assert_eq!(
        words(&told),
        [(2, "would pass"), (3, "blank-row"), (4, "blank-row"), (5, "would pass")]
            .map(|(row, word)| (row, word.to_owned()))
    );
    assert_eq!((told[3].line, report.counts.skipped), (Some(6), 2));
}

#[test]
fn bytes_that_are_not_utf_8_are_named_by_row_and_column() {
    let mut bytes = csv("P-1,Housing,Sam Reed,,2024-02-01,,,\nP-2,Housing,Jos").into_bytes();
    bytes.extend(b"\xE9,,2024-02-01,,,\n");
    let (_, told) = upload(&agency(), bytes, Mode::DryRun);
    assert_eq!(words(&told)[1], (3, "not-utf8".to_owned()));
    assert_eq!(told[1].problems[0].columns, [Column::StaffName]);
}

#[test]
fn a_50_mb_cell_is_named_by_row_and_column() {
    let rows = format!(
        "P-1,Housing,{},,2024-02-01,,,\nP-2,Housing,Sam Reed,,2024-02-01,,,\n",
        "x".repeat(50 << 20)
    );
    let (_, told) = upload(&agency(), csv(&rows), Mode::DryRun);
    assert_eq!(words(&told), [(2, "too-large".to_owned()), (3, "would pass".to_owned())]);
    assert_eq!(told[0].problems[0].columns, [Column::StaffName]);
    assert!(told[0].to_string().contains("8192"), "{}", told[0]);
}

#[test]
fn files_that_are_no_batch_files_say_so() {
    let code = |bytes: &[u8]| error(bytes).code();
    assert_eq!(code(b""), "batch-file-empty");
    assert_eq!(code(b"\n\n"), "batch-file-empty");
    assert_eq!(code(b"\xEF\xBB\xBF"), "batch-file-empty");
    assert_eq!(code(b"\xFF\xFEP\0"), "batch-encoding");
    assert_eq!(code(b"<html><table>"), "batch-file-kind");
    assert_eq!(code(b"%PDF-1.7"), "batch-file-kind");
    assert_eq!(code(b"PK\x03\x04"), "batch-file-damaged");
    assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "batch-file-kind");
    assert_eq!(code(b"Jane Doe,1980-01-01\n"), "batch-header-missing");
    assert!(error(b"<html>".to_vec()).to_string().starts_with("`june`: is a web page"));
}

#[test]
fn a_file_of_a_header_alone_has_no_rows() {
    let agency = agency();
    let head = agency.head();
    for mode in [Mode::DryRun, Mode::Partial, Mode::AllOrNothing] {
        let (report, _) = upload(&agency, HEADER, mode);
        assert_eq!((report.counts.rows, report.parts), (0, 0));
    }
    assert_eq!(agency.head(), head);
}

#[test]
fn a_workbook_says_what_a_csv_says() {
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let bytes = workbook(|sheet| {
        write_row(sheet, 1, &["P-1", "Housing", "Sam Reed", "begin", "2024-02-01"]);
        write_row(sheet, 2, &["P-2", "Housing", "Sam Reed"]);
        let february = ExcelDateTime::from_ymd(2024, 2, 1).unwrap();
        sheet.write_datetime_with_format(2, 4, february, &date).unwrap();
        write_row(sheet, 5, &["P-3", "Housing", "Sam Reed"]);
        sheet.write_number_with_format(5, 4, 45323.5, &date).unwrap();
        write_row(sheet, 6, &["P-4", "Housing", "Sam Reed"]);
        sheet.write_number(6, 4, 45323).unwrap();
        write_row(sheet, 7, &["P-5", "Housing", "Sam Reed"]);
        sheet.write_number_with_format(7, 4, 60, &date).unwrap();
        write_row(sheet, 8, &["", "Housing", "Sam Reed", "", "2024-02-01"]);
        sheet.write_number(8, 0, 57).unwrap();
        write_row(sheet, 9, &["", "Housing", "Sam Reed", "", "2024-02-01"]);
        sheet.write_number(9, 0, 57.5).unwrap();
        write_row(sheet, 10, &["", "Housing", "", "", "2024-02-01"]);
        sheet.write_boolean(10, 0, true).unwrap();
        sheet.write_formula(10, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    let (_, told) = upload(&agency(), bytes, Mode::DryRun);
    let expected = [
        (2, "would pass"),
        (3, "would pass"),
        (4, "blank-row"),
        (5, "blank-row"),
        (6, "input-date"),
        (7, "input-date"),
        (8, "input-date"),
        (9, "not-enrolled"),
        (10, "wrong-type"),
        (11, "wrong-type wrong-type"),
    ];
    assert_eq!(words(&told), expected.map(|(row, word)| (row, word.to_owned())));
    assert!(told[4].to_string().contains("=INT"), "{}", told[4]);
    assert!(told[5].to_string().contains("format the cell as a date"), "{}", told[5]);
}

#[test]
fn dates_of_1904_are_read_in_their_own_system() {
    let bytes = workbook(|sheet| {
        write_row(sheet, 1, &["P-1", "Housing", "Sam Reed"]);
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_number_with_format(1, 4, 43_861, &date).unwrap();
    });
    let part = |name: &str, text: String| match name {
        "xl/workbook.xml" => text.replace("<workbookPr ", "<workbookPr date1904=\"1\" "),
        _ => text,
    };
    let agency = agency();
    upload(&agency, repacked(&bytes, part), Mode::Partial);
    let lines = agency.snapshot().unwrap().everything(&Asked::of(day("2024-06-15"))).unwrap();
    assert_eq!(lines.assignments[0].period.start(), day("2024-02-01"));
}

/// A workbook with some of its parts changed.
fn repacked(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        new.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(change(&name, text).as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn of_merged_cells_the_first_counts_and_the_others_say_so() {
    let bytes = workbook(|sheet| {
        write_row(sheet, 1, &["P-1", "", "Sam Reed", "", "2024-02-01"]);
        write_row(sheet, 2, &["P-2", "", "Sam Reed", "", "2024-02-01"]);
        sheet.merge_range(1, 1, 2, 1, "Housing", &Format::new()).unwrap();
    });
    let (_, told) = upload(&agency(), bytes, Mode::DryRun);
    assert_eq!(words(&told)[0].1, "would pass");
    assert_eq!(words(&told)[1].1, "field-missing");
    assert!(told[1].to_string().contains("merged"), "{}", told[1]);
}

#[test]
fn the_sheet_with_the_header_is_read_or_the_one_that_is_named() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "Hello").unwrap();
    for (name, client) in [("May", "P-1"), ("June", "P-99")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        write_row(sheet, 0, &["Participant ID", "Program name", "Staff name", "Start date"]);
        write_row(sheet, 1, &[client, "Housing", "Sam Reed", "2024-02-01"]);
    }
    let bytes = book.save_to_buffer().unwrap();
    let read = |options: &Options| BatchFile::read("june", Cursor::new(bytes.clone()), options);
    let word = |options: &Options| {
        words(&run(&agency(), read(options).unwrap(), &context()).1)[0].1.clone()
    };
    assert_eq!(word(&Options::default()), "would pass");
    assert_eq!(word(&Options::default().sheet("June")), "not-enrolled");
    assert_eq!(read(&Options::default().sheet("July")).unwrap_err().code(), "batch-no-sheet");
    let notes = read(&Options::default().sheet("Notes")).unwrap_err();
    assert_eq!(notes.code(), "batch-header-missing");
}

#[test]
fn a_huge_cell_of_a_workbook_is_named_by_row_and_column() {
    let bytes = workbook(|sheet| {
        write_row(sheet, 1, &["P-1", "Housing", "HUGE", "", "2024-02-01"]);
        write_row(sheet, 2, &["P-2", "Housing", "Sam Reed", "", "2024-02-01"]);
    });
    // Text that does not pack well: one that does is refused as a whole.
    let mut state = 7_u64;
    let huge: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (state >> 60) as u8)
    })
    .take(50 << 20)
    .collect();
    let bytes = repacked(&bytes, |_, text| text.replace("HUGE", &huge));
    let (_, told) = upload(&agency(), bytes, Mode::DryRun);
    assert_eq!(words(&told), [(2, "too-large".to_owned()), (3, "would pass".to_owned())]);
    assert_eq!(told[0].problems[0].columns, [Column::StaffName]);
}

#[test]
fn a_workbook_that_is_damaged_halfway_says_after_which_row() {
    let bytes = workbook(|sheet| {
        write_row(sheet, 1, &["P-1", "Housing", "Sam Reed", "", "2024-02-01"]);
        write_row(sheet, 2, &["P-2", "Housing", "Sam Reed", "", "2024-02-01"]);
    });
    let broken = repacked(&bytes, |name, text| match name {
        "xl/worksheets/sheet1.xml" => text.replace("<c r=\"A3\"", "<c r=\"A!3\""),
        _ => text,
    });
    let file = open(broken, Mode::Partial).unwrap();
    let agency = agency();
    let each = &mut |_: &FileVerdict| Ok(());
    let error = file.upload(&agency, &context(), each, &mut |_| Flow::Continue).unwrap_err();
    assert_eq!(error.code(), "batch-file-damaged");
    assert!(error.to_string().contains("after row 1"), "{error}");
    let cut = &bytes[..bytes.len() / 2];
    assert_eq!(open(cut, Mode::DryRun).unwrap_err().code(), "batch-file-damaged");
}

#[test]
fn templates_of_every_kind_are_uploaded_as_they_are() {
    let agency = agency();
    let snapshot = agency.snapshot().unwrap();
    for staff in [StaffBy::Id, StaffBy::Name, StaffBy::FirstAndLastName] {
        for end in [EndBy::LastDay, EndBy::FirstDayNotCovered] {
            let template = Template::default().staff_by(staff).end_by(end);
            let (mut sheet, mut text) = (Vec::new(), Vec::new());
            template.write_workbook(&snapshot, &mut sheet).unwrap();
            template.write_csv(&mut text).unwrap();
            for bytes in [sheet, text] {
                let (report, told) = upload(&agency, bytes, Mode::Partial);
                assert_eq!((report.counts.rows, report.counts.skipped), (2, 2));
                let skipped = ["instruction-row", "sample-row"];
                assert_eq!(
                    words(&told).iter().map(|it| it.1.as_str()).collect::<Vec<_>>(),
                    skipped
                );
            }
        }
    }
}

#[test]
fn a_template_offers_who_can_be_chosen() {
    use calamine::{Data, Reader as _, Xlsx};
    let agency = agency();
    agency.record(DeactivateStaff::new(StaffId::new("s1").unwrap()), context()).unwrap();
    let lists = |template: Template| {
        let mut sheet = Vec::new();
        template.write_workbook(&agency.snapshot().unwrap(), &mut sheet).unwrap();
        let mut book = Xlsx::new(Cursor::new(sheet)).unwrap();
        let range = book.worksheet_range("Lists").unwrap();
        let text = |cell: &Data| cell.to_string();
        range.rows().map(|row| row.iter().map(text).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    // Ann Lee is two people, Sam is gone, and Jo has no name.
    assert_eq!(
        lists(Template::default()),
        [["Program name", "Action"], ["Housing", "begin"], ["Jobs", "end"]]
    );
    let by_id = lists(Template::default().staff_by(StaffBy::Id));
    assert_eq!(
        by_id.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(),
        ["Staff ID", "jo", "s2", "s3"]
    );
}

#[test]
fn result_files_have_a_line_for_every_row_and_nothing_of_it() {
    use calamine::{Data, Reader as _, Xlsx};
    let rows = "P-1,Housing,Sam Reed,,2024-02-01,,,\n\n=cmd|' /C calc'!A0,Housing,Sam Reed,,2024-02-01,,,\n\
                P-2,Secret Place,Jane Doe,,2024-02-01,,,\n";
    let agency = agency();
    let (mut text, mut sheet) = (Vec::new(), Vec::new());
    let mut as_csv = ResultFile::csv(&mut text).unwrap();
    let mut as_workbook = ResultFile::workbook(&mut sheet).unwrap();
    let file = open(csv(rows), Mode::DryRun).unwrap();
    let mut each = |verdict: &FileVerdict| {
        as_csv.write(verdict)?;
        as_workbook.write(verdict)
    };
    file.upload(&agency, &context(), &mut each, &mut |_| Flow::Continue).unwrap();
    as_csv.finish().unwrap();
    as_workbook.finish().unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(
        text,
        "Row,Line,Verdict,Code,Columns,Would pass,Why\r\n\
         2,2,would pass,,,,\r\n\
         3,,skipped,blank-row,,,\r\n\
         4,4,refused,not-enrolled,Participant ID; Program name,,\"Participant ID, Program name: the participant has no enrollment in this program\"\r\n\
         5,5,refused,unknown-name; unknown-name,Program name; Staff name,,Program name: nobody and nothing here has this name; Staff name: nobody and nothing here has this name\r\n"
    );
    let mut book = Xlsx::new(Cursor::new(sheet)).unwrap();
    let range = book.worksheet_range("Result 1").unwrap();
    assert_eq!(range.get_size(), (5, 7));
    assert_eq!(range.get((3, 0)), Some(&Data::Float(4.0)));
    assert_eq!(range.get((3, 3)), Some(&Data::String("not-enrolled".to_owned())));
}

#[test]
fn no_value_of_a_row_is_in_what_is_told_of_it() {
    let rows = "P-1,Secret Place,Jane Doe,,1 May,,Boss,\nP-99,Housing,Sam Reed,,2024-02-01,,,\n\
                ,Housing,Sam Reed,Stop it,2024-02-01,,,\nP-1,Housing,Sam Reed,end,2024-02-01,2024-07-01,,because\n";
    let (report, told) = upload(&agency(), csv(rows), Mode::DryRun);
    let all = format!(
        "{report}{report:?}{told:?}{}",
        told.iter().map(ToString::to_string).collect::<String>()
    );
    for secret in ["Secret", "Jane", "1 May", "Boss", "P-99", "P-1", "Sam", "Stop it", "because"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let file = open(csv(rows), Mode::DryRun).unwrap();
    assert!(!format!("{file:?}").contains("Jane"));
}

#[test]
fn fifty_thousand_rows_are_judged_in_parts() {
    let agency = agency();
    let rows = csv(&"P-1,Housing,Sam Reed,,2024-02-01,,,\n".repeat(50_000));
    let file = open(rows, Mode::DryRun).unwrap();
    let mut told = 0;
    let mut each = |_: &FileVerdict| {
        told += 1;
        Ok(())
    };
    let report = file.upload(&agency, &context(), &mut each, &mut |_| Flow::Continue).unwrap();
    assert_eq!((report.parts, told), (5, 50_000));
    // The first of each part passes: it does not see those before.
    assert_eq!((report.counts.would_pass, report.counts.refused), (5, 49_995));
    assert!(report.to_string().contains("5 parts"), "{report}");
}

#[test]
fn ids_of_assignments_are_made_anew_by_every_upload() {
    let row = csv("P-1,Housing,Sam Reed,,2024-02-01,,,\n");
    let made = || upload(&agency(), row.clone(), Mode::Partial).1[0].assignment.clone();
    assert!(made().is_some_and(|id: AssignmentId| Some(id) != made()));
}
