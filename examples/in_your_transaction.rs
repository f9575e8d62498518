//! A product keeps rows of its own about what it records: three ways to keep both in step.
//!
//! Each way is one file in `in_your_transaction/`, and says at its head what it is good for. In each, a client is given
//! to a worker and a case note tells of it; then something goes wrong between the two.
//!
//! `cargo run --example in_your_transaction`

#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "in_your_transaction/mod.rs"]
mod product;

use std::path::Path;

use caseload::Agency;
use caseload_examples::table;
use caseload_sqlite::SqliteLog;
use rusqlite::Connection;

use product::{
    Failure, append_first, host_log::HostLog, outbox, request, same_transaction, takes_on,
};

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    append_first_and_link(folder.path())?;
    command_in_the_outbox(folder.path())?;
    one_transaction(folder.path())
}

fn append_first_and_link(folder: &Path) -> Result<(), Failure> {
    println!("\n1. Append first, link by request id; the feed repairs a crash in between");
    let (agency, mut db) = two_files(folder, "first")?;
    append_first::hear(&agency, &mut db)?;
    let form = request("form-1")?;
    let spring = takes_on("A-1", "2024-04-01", "2024-05-01")?;
    append_first::record(&agency, &mut db, &form, spring, "Sam takes over for April")?;
    println!("   form-1 is in the log, and its note is linked to it");

    let form = request("form-2")?;
    let summer = takes_on("A-2", "2024-06-01", "2024-07-01")?;
    append_first::append(&agency, &form, summer.clone())?;
    println!("   form-2 is in the log; here the process dies, before its note is written");
    let made = append_first::hear(&agency, &mut db)?;
    println!("   at the next start the feed brings {made} note");
    show(&db)?;
    append_first::record(&agency, &mut db, &form, summer, "Sam takes over for June")?;
    println!("   form-2 is sent again: its first answer, and the same note");
    show(&db)
}

fn command_in_the_outbox(folder: &Path) -> Result<(), Failure> {
    println!("\n2. The note and the command are one transaction; a worker empties the outbox");
    let (agency, mut db) = two_files(folder, "second")?;
    let assign = |id: &str, start: &str, end: &str| {
        format!(
            r#"{{"op":"assign","id":"{id}","staff":"sam","participant":"P-1023","program":"housing",
            "start":"{start}","end":"{end}","actor":"root","on":"2024-06-15"}}"#
        )
    };
    let april = assign("A-1", "2024-04-01", "2024-05-01");
    outbox::put(&mut db, "form-1", &april, "Sam takes over for April")?;
    let winter = assign("A-2", "2024-01-01", "2024-02-01");
    outbox::put(&mut db, "form-2", &winter, "Sam had the client in January")?;
    println!("   two notes wait, and so do their commands");
    if let Some(waiting) = outbox::next(&db)? {
        outbox::carry_out(&agency, &waiting)?;
    }
    println!("   the first is in the log; here the worker dies, before it says so");
    let sent = outbox::send(&agency, &mut db)?;
    println!("   the next one carries out all {sent}; the log has {} entries", entries(&agency)?);
    show(&db)
}

fn one_transaction(folder: &Path) -> Result<(), Failure> {
    println!("\n3. The note and the entry are one transaction on the product's database");
    let path = folder.join("third.db");
    let db = Connection::open(&path)?;
    product::create(&db)?;
    let log = HostLog::open(&path)?;
    let agency = Agency::open(log.clone())?;
    product::set_up(&agency)?;
    let note = |form: &'static str, text: &'static str| -> product::host_log::Rows {
        Box::new(move |db| {
            let sql = "INSERT INTO case_note (request, position, text)
                       VALUES (?1, (SELECT max(position) FROM entry), ?2)";
            db.execute(sql, [form, text]).map(drop)
        })
    };
    let april = takes_on("A-1", "2024-04-01", "2024-05-01")?;
    let rows = note("form-1", "Sam takes over for April");
    same_transaction::record(&agency, &log, &request("form-1")?, april, rows)?;
    println!("   form-1: its entry and its note are committed together");
    let june = takes_on("A-2", "2024-06-01", "2024-07-01")?;
    // Another form's key: the product's own constraint forbids the note.
    let rows = note("form-1", "Sam takes over for June");
    let refused = same_transaction::record(&agency, &log, &request("form-2")?, june, rows);
    if let Err(error) = refused {
        println!(
            "   form-2: the note cannot be written ({}),",
            caseload_examples::in_words(&*error)
        );
        println!("           and so there is no entry either: {} in the log", entries(&agency)?);
    }
    show(&db)
}

/// The agency in a file of its own, beside the product's.
fn two_files(folder: &Path, name: &str) -> Result<(Agency, Connection), Failure> {
    let log = SqliteLog::open(folder.join(format!("{name}-agency.db")), "north")?;
    let agency = Agency::open(log)?;
    product::set_up(&agency)?;
    let db = Connection::open(folder.join(format!("{name}-product.db")))?;
    product::create(&db)?;
    Ok((agency, db))
}

fn entries(agency: &Agency) -> Result<u64, Failure> {
    Ok(agency.snapshot()?.head().position)
}

fn show(db: &Connection) -> Result<(), Failure> {
    let mut shown = table(&["form", "entry #", "case note"]);
    for note in product::notes(db)? {
        let entry = note.position.map_or_else(|| "none".to_owned(), |entry| entry.to_string());
        shown.add_row([note.request.unwrap_or_else(|| "unknown".to_owned()), entry, note.text]);
    }
    println!("{shown}");
    Ok(())
}
