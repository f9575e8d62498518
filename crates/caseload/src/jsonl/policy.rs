//! A program's policy as JSON: absent keys take their default.

use std::num::NonZeroU32;

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::{
    BatchHistory, CaseloadLimit, Enforcement, EntryOrder, HandOff, InputError, OnEnrollmentEnd,
    PlannedStarts, Policy, Primaries, Role, Visibility, ZeroDay,
};

pub(super) fn read(object: Map<String, Value>) -> Result<Policy, InputError> {
    let mut fields = Fields::new(object);
    let default = Policy::default();
    let policy = Policy {
        batch_history: fields
            .word(
                "batch_history",
                &[
                    ("refuse_closed", BatchHistory::RefuseClosed),
                    ("refuse_past_start", BatchHistory::RefusePastStart),
                    ("allow", BatchHistory::Allow),
                ],
            )
            .unwrap_or(default.batch_history),
        caseload_limit: limit(&mut fields),
        entry_order: fields
            .word(
                "entry_order",
                &[
                    ("program", EntryOrder::Program),
                    ("staff", EntryOrder::Staff),
                    ("any", EntryOrder::Any),
                ],
            )
            .unwrap_or(default.entry_order),
        former_access_days: fields.number("former_access_days", 0).unwrap_or_default(),
        hand_off: fields
            .word(
                "hand_off",
                &[("both_rights", HandOff::BothRights), ("own_right", HandOff::OwnRight)],
            )
            .unwrap_or(default.hand_off),
        max_staff: fields.number("max_staff", 1).and_then(NonZeroU32::new),
        on_enrollment_end: fields
            .word(
                "on_enrollment_end",
                &[
                    ("end_assignments", OnEnrollmentEnd::EndAssignments),
                    ("refuse", OnEnrollmentEnd::Refuse),
                ],
            )
            .unwrap_or(default.on_enrollment_end),
        one_primary: fields
            .switch("one_primary", Primaries::Any, Primaries::One)
            .unwrap_or(default.one_primary),
        planned_starts: fields
            .word(
                "planned_starts",
                &[("allow", PlannedStarts::Allow), ("refuse", PlannedStarts::Refuse)],
            )
            .unwrap_or(default.planned_starts),
        roles: fields.texts("roles", |text| Role::new(text)),
        visibility: fields
            .word(
                "visibility",
                &[("all", Visibility::All), ("own_caseload", Visibility::OwnCaseload)],
            )
            .unwrap_or(default.visibility),
        zero_day: fields
            .word("zero_day", &[("allow", ZeroDay::Allow), ("refuse", ZeroDay::Refuse)])
            .unwrap_or(default.zero_day),
    };
    fields.finish(Some(policy))
}

fn limit(fields: &mut Fields) -> Option<CaseloadLimit> {
    let mut inner = Fields::new(fields.object("caseload_limit")?);
    let max = inner.need("max", |fields, field| fields.number(field, 1));
    let enforcement = inner
        .word("enforcement", &[("notice", Enforcement::Notice), ("refuse", Enforcement::Refuse)])
        .unwrap_or(Enforcement::Notice);
    let limit = max.and_then(NonZeroU32::new).map(|max| CaseloadLimit { enforcement, max });
    match inner.finish(limit) {
        Ok(limit) => Some(limit),
        Err(error) => {
            fields.absorb(error);
            None
        }
    }
}
