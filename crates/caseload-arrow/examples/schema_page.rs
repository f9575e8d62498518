//! Writes `docs/schema.md` from the columns of the tables.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema.md");
    std::fs::write(path, caseload_arrow::schema_page())
}
