//! HMIS exports: any text in place of one of the files.

use std::{fs, io, path::Path};

use caseload::{Actor, Agency, Context, Day, Flow};
use caseload_io::hmis::{HmisFile, Options, Plan};

use crate::lines::empty_log;

/// Where nothing else is said, the files of a small export.
const FIXTURE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/caseload-io/fixtures/hmis/2024");

/// The first line names a file of the export, the rest takes its place. It is read or refused as a
/// whole; read, every row is counted once, and the same export again stores nothing.
pub fn hmis(bytes: &[u8]) {
    let (name, content) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => bytes.split_at(end),
        None => (bytes, &[][..]),
    };
    let content = content.get(1..).unwrap_or_default();
    let named = HmisFile::ALL.into_iter().find(|file| file.name().as_bytes() == name);
    let Ok(folder) = tempfile::tempdir() else { return };
    let written = write(folder.path(), named.unwrap_or(HmisFile::Enrollment), content);
    assert!(written.is_ok(), "{written:?}");
    for options in [Options::default(), Options::default().assign_by_user().complete()] {
        import_twice(folder.path(), &options);
    }
}

fn write(folder: &Path, given: HmisFile, content: &[u8]) -> io::Result<()> {
    for file in HmisFile::ALL {
        let path = folder.join(file.name());
        if file == given {
            fs::write(path, content)?;
        } else {
            fs::copy(Path::new(FIXTURE).join(file.name()), path)?;
        }
    }
    Ok(())
}

fn import_twice(folder: &Path, options: &Options) {
    let Ok(agency) = Agency::open(empty_log()) else { return };
    let context = Context::new(Actor::Root, Day::from_ymd(2025, 1, 15).unwrap_or(Day::LAST));
    let mut heads = Vec::new();
    for _ in 0..2 {
        let plan = match Plan::read(folder, options) {
            Ok(plan) => plan,
            Err(error) => return assert!(error.code().starts_with("hmis-"), "{error}"),
        };
        let _ = plan.commands();
        let report = plan.record(&agency, &context, &mut |_| Flow::Continue);
        assert!(report.is_ok(), "{report:?}");
        for (file, counts) in report.iter().flat_map(|report| &report.files) {
            assert!(counts.add_up(), "{file}: {counts:?}");
        }
        heads.push(agency.head());
    }
    assert!(heads.first() == heads.last(), "the same export again stored something");
    assert!(agency.verify(None).is_ok());
}
