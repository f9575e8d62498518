//! What cannot be read, is over a limit, or is no row of a batch.
//!
//! Typed commands cannot be unreadable; these violations are found where text becomes a command
//! (`jsonl`), where an entry becomes too large (`agency`), and where an id is derived. Here they
//! only join the walk.

use super::Rule;
use crate::{Code, StoreError, Violation, decide::case::Case};

pub(super) const DATE: Rule = Rule {
    code: Code::InputDate,
    parameters: "",
    broken_when: "a text that is no day",
    check: |case, found| check(case, Code::InputDate, found),
};

pub(super) const ID: Rule = Rule {
    code: Code::InputId,
    parameters: "",
    broken_when: "a text that is no id (a derived id over 128 bytes too)",
    check: |case, found| check(case, Code::InputId, found),
};

pub(super) const COMMAND: Rule = Rule {
    code: Code::InputCommand,
    parameters: "what",
    broken_when: "anything else unreadable: unknown or missing fields, policy keys and rights included",
    check: |case, found| check(case, Code::InputCommand, found),
};

pub(super) const REQUEST_REUSED: Rule = Rule {
    code: Code::RequestReused,
    parameters: "",
    broken_when: "the request id was used for other content",
    check: |case, found| check(case, Code::RequestReused, found),
};

pub(super) const TOO_LARGE: Rule = Rule {
    code: Code::TooLarge,
    parameters: "what, max",
    broken_when: "over a limit: 10,000 batch rows, 2,000 bytes of reason, 64 of role, 4 MiB of stored entry",
    check: |case, found| check(case, Code::TooLarge, found),
};

pub(super) const ROW_KIND: Rule = Rule {
    code: Code::RowKind,
    parameters: "",
    broken_when: "a batch row that is neither assign nor end_assignment",
    check: |case, found| check(case, Code::RowKind, found),
};

pub(super) const ROW_REFUSED: Rule = Rule {
    code: Code::RowRefused,
    parameters: "rows",
    broken_when: "the batch itself in all_or_nothing mode: a row was refused",
    check: |case, found| check(case, Code::RowRefused, found),
};

fn check(case: &Case<'_>, code: Code, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    found.extend(case.unreadable.iter().filter(|violation| violation.code() == code).cloned());
    Ok(())
}
