//! Batch files: any bytes in place of a sheet.

use std::io::Cursor;

use caseload::{Actor, Agency, Context, Day, Flow, RequestId, jsonl::Replay};
use caseload_io::batch::{BatchError, BatchFile, BatchReport, Fate, FileVerdict, Mode, Options};

use crate::lines::empty_log;

/// Who can be named in a sheet.
const AGENCY: [&str; 4] = [
    r#"{"op":"define_program","id":"p1","name":"Housing","actor":"root","on":"2024-06-15"}"#,
    r#"{"op":"register_staff","id":"s1","name":"Sam Reed","actor":"root","on":"2024-06-15"}"#,
    r#"{"op":"enroll","id":"e1","participant":"P-1","program":"p1","start":"2024-01-01","actor":"root","on":"2024-06-15"}"#,
    r#"{"op":"enroll","id":"e2","participant":"57","program":"p1","start":"2024-01-01","actor":"root","on":"2024-06-15"}"#,
];

type Told = (BatchReport, Vec<FileVerdict>);

/// It is read or refused as a whole. Read, every row is told and counted once; a dry run stores nothing
/// and says what recording says; the same request again stores nothing and is answered the same.
pub fn batch_file(bytes: &[u8]) {
    let Ok(agency) = Agency::open(empty_log()) else { return };
    let mut replay = Replay::new(agency.clone());
    AGENCY.iter().for_each(|line| drop(replay.line(line)));
    let before = agency.head();
    let dry = upload(&agency, bytes, Mode::DryRun);
    assert!(agency.head() == before, "a dry run stored something");
    let first = upload(&agency, bytes, Mode::Partial);
    let after = agency.head();
    let again = upload(&agency, bytes, Mode::Partial);
    assert!(agency.head() == after, "the same request again stored something");
    match (dry, first, again) {
        (Ok(dry), Ok(first), Ok(again)) => {
            assert!(first == again, "the same request again was answered otherwise");
            // A part of a dry run does not see what another would do.
            assert!(dry.0.parts > 1 || passed(&dry) == passed(&first), "{dry:?} {first:?}");
        }
        (Err(dry), Err(first), Err(again)) => {
            for error in [dry, first, again] {
                assert!(error.code().starts_with("batch-"), "{error}");
            }
        }
        other => assert!(other.0.is_ok() == other.1.is_ok(), "{other:?}"),
    }
    assert!(agency.verify(None).is_ok());
}

/// The rows that are stored, or would be.
fn passed((_, verdicts): &Told) -> Vec<u64> {
    let passes = |row: &&FileVerdict| matches!(row.fate, Fate::Stored | Fate::WouldPass);
    verdicts.iter().filter(passes).map(|row| row.row).collect()
}

fn upload(agency: &Agency, bytes: &[u8], mode: Mode) -> Result<Told, BatchError> {
    let mut context = Context::new(Actor::Root, Day::from_ymd(2024, 6, 15).unwrap_or(Day::LAST));
    context.request = RequestId::new("upload").ok();
    let options = Options::default().mode(mode);
    let file = BatchFile::read("sheet", Cursor::new(bytes.to_vec()), &options)?;
    let mut told = Vec::new();
    let mut each = |row: &FileVerdict| {
        told.push(row.clone());
        Ok(())
    };
    let report = file.upload(agency, &context, &mut each, &mut |_| Flow::Continue)?;
    assert!(report.counts.add_up() && report.counts.rows == told.len() as u64, "{report:?}");
    Ok((report, told))
}
