//! The rules, one a file, in a table walked in phases.
//!
//! A check looks at its part of a [`Case`], pushes what is broken, and does nothing else. All checks
//! of a phase run; a phase with violations ends the walk. `docs/rules.md` is generated from the table.

mod administer_right_missing;
mod already_assigned;
mod assignment_outside;
mod caseload_full;
mod correct_right_missing;
mod end_before_start;
mod ended;
mod enroll_right_missing;
mod enrollment_not_started;
mod enrollment_overlaps;
mod history_row;
mod id_taken;
mod input;
mod not_current;
mod not_enrolled;
mod nothing_to_reinstate;
mod nothing_to_transfer;
mod open_assignments_remain;
mod others_right_missing;
mod out_of_order;
mod outside_enrollment;
mod own_right_missing;
mod planned_start;
mod primary_held;
mod program_closed;
mod reason_required;
mod role_not_listed;
mod role_required;
mod same_staff;
mod staff_inactive;
mod too_many_staff;
mod unknown;
mod zero_day_period;

#[cfg(test)]
pub(crate) mod testing;

pub(crate) use caseload_full::passed as caseload_passed;

use crate::{Code, Phase, StoreError, Violation, decide::case::Case};

type Check = fn(&Case<'_>, &mut Vec<Violation>) -> Result<(), StoreError>;

/// One row of the table.
pub(crate) struct Rule {
    /// Its stable code.
    pub(crate) code: Code,
    /// The parameters that a violation carries.
    pub(crate) parameters: &'static str,
    /// When it is broken.
    pub(crate) broken_when: &'static str,
    /// Finds what is broken.
    pub(crate) check: Check,
}

/// Every rule, by phase: the order in which they are asked and reported.
pub(crate) const RULES: &[Rule] = &[
    input::DATE,
    input::ID,
    input::COMMAND,
    input::REQUEST_REUSED,
    input::TOO_LARGE,
    input::ROW_KIND,
    history_row::RULE,
    input::ROW_REFUSED,
    end_before_start::RULE,
    zero_day_period::RULE,
    reason_required::RULE,
    same_staff::RULE,
    role_required::RULE,
    role_not_listed::RULE,
    unknown::PROGRAM,
    unknown::STAFF,
    unknown::ACTOR,
    unknown::ENROLLMENT,
    unknown::ASSIGNMENT,
    unknown::PARTICIPANT,
    id_taken::RULE,
    program_closed::RULE,
    staff_inactive::RULE,
    own_right_missing::RULE,
    others_right_missing::RULE,
    correct_right_missing::RULE,
    enroll_right_missing::RULE,
    administer_right_missing::RULE,
    ended::ASSIGNMENT,
    ended::ENROLLMENT,
    not_current::ASSIGNMENT,
    not_current::ENROLLMENT,
    nothing_to_transfer::RULE,
    open_assignments_remain::RULE,
    nothing_to_reinstate::RULE,
    not_enrolled::RULE,
    outside_enrollment::RULE,
    enrollment_not_started::RULE,
    enrollment_overlaps::RULE,
    assignment_outside::RULE,
    already_assigned::RULE,
    out_of_order::RULE,
    planned_start::RULE,
    primary_held::RULE,
    too_many_staff::RULE,
    caseload_full::RULE,
];

/// Whether each rule is the first of its phase.
#[expect(clippy::indexing_slicing, reason = "looked at while compiling")]
pub(crate) const BEGINS_PHASE: [bool; RULES.len()] = {
    let mut begins = [true; RULES.len()];
    let mut rule = 1;
    while rule < RULES.len() {
        begins[rule] = RULES[rule].code.phase() as u8 != RULES[rule - 1].code.phase() as u8;
        rule += 1;
    }
    begins
};

/// Notices: not rules, but they share the codes.
const NOTICES: &[(Code, &str, &str)] = &[
    (
        Code::CaseloadFull,
        "staff, day, count, max",
        "the policy `caseload_limit` is passed and only tells",
    ),
    (
        Code::ClockBehind,
        "seconds",
        "the store's clock is more than five minutes behind the last entry",
    ),
    (Code::LeftBehind, "", "the receipt's `left` is not empty"),
    (Code::Misplaced, "", "mirroring left assignments outside their enrollment"),
];

/// The table as a page: what `docs/rules.md` must hold.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# The rules\n\nGenerated from the rule table; `cargo run -p caseload --example rules_page` writes it. \
         Rules are asked phase by phase;\nall of a phase run, and a phase with violations ends the walk. \
         A violation names the command's fields it concerns,\nin a batch its row, and where there is one the nearest \
         value that would pass.\n",
    );
    let mut phase: Option<Phase> = None;
    for rule in RULES {
        if phase != Some(rule.code.phase()) {
            phase = Some(rule.code.phase());
            heading(&mut page, rule.code.phase().word());
        }
        row(&mut page, rule.code, rule.parameters, rule.broken_when);
    }
    heading(&mut page, "notice");
    for (code, parameters, said_when) in NOTICES {
        row(&mut page, *code, parameters, said_when);
    }
    page
}

fn heading(page: &mut String, phase: &str) {
    let when = if phase == "notice" { "said when" } else { "broken when" };
    page.push_str(&format!(
        "\n## {phase}\n\n| code | parameters | {when} |\n| --- | --- | --- |\n"
    ));
}

fn row(page: &mut String, code: Code, parameters: &str, when: &str) {
    page.push_str(&format!("| `{code}` | {parameters} | {when} |\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_row_once_and_phases_are_in_order() {
        let mut codes: Vec<Code> = RULES.iter().map(|rule| rule.code).collect();
        let phases: Vec<Phase> = codes.iter().map(|code| code.phase()).collect();
        assert!(phases.is_sorted(), "{phases:?}");
        codes.extend(
            NOTICES.iter().map(|(code, ..)| *code).filter(|code| *code != Code::CaseloadFull),
        );
        assert_eq!(codes, Code::ALL);
    }

    #[test]
    fn the_page_is_fresh() {
        assert_eq!(rules_page(), include_str!("../../docs/rules.md"), "run the example rules_page");
    }
}
