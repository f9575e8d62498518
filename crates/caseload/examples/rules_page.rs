//! Writes `docs/rules.md` from the rule table.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
    std::fs::write(path, caseload::rules_page())
}
