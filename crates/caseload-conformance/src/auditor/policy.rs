//! The policy of a program.

use serde_json::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryOrder {
    Program,
    Staff,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchHistory {
    RefuseClosed,
    RefusePastStart,
    Allow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CaseloadLimit {
    pub max: u64,
    pub refuse: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub entry_order: EntryOrder,
    pub refuse_planned_starts: bool,
    pub refuse_zero_day: bool,
    pub refuse_enrollment_end: bool,
    pub batch_history: BatchHistory,
    pub own_right_hands_off: bool,
    pub roles: Option<Vec<String>>,
    pub one_primary: bool,
    pub max_staff: Option<u64>,
    pub caseload_limit: Option<CaseloadLimit>,
    pub own_caseload_only: bool,
    pub former_access_days: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            entry_order: EntryOrder::Program,
            refuse_planned_starts: false,
            refuse_zero_day: false,
            refuse_enrollment_end: false,
            batch_history: BatchHistory::RefuseClosed,
            own_right_hands_off: false,
            roles: None,
            one_primary: false,
            max_staff: None,
            caseload_limit: None,
            own_caseload_only: false,
            former_access_days: 0,
        }
    }
}

/// Reads a policy; the error lists the keys that cannot be read.
pub(super) fn read_policy(object: &Map<String, Value>) -> Result<Policy, Vec<String>> {
    let mut policy = Policy::default();
    let mut bad = Vec::new();
    for (key, value) in object {
        // Null is absent, and an absent key takes its default.
        if !value.is_null() && read_key(&mut policy, key, value).is_none() {
            bad.push(key.clone());
        }
    }
    if bad.is_empty() { Ok(policy) } else { Err(bad) }
}

fn read_key(policy: &mut Policy, key: &str, value: &Value) -> Option<()> {
    match key {
        "entry_order" => {
            policy.entry_order = match value.as_str()? {
                "program" => EntryOrder::Program,
                "staff" => EntryOrder::Staff,
                "any" => EntryOrder::Any,
                _ => return None,
            }
        }
        "planned_starts" => policy.refuse_planned_starts = choice(value, "allow", "refuse")?,
        "zero_day" => policy.refuse_zero_day = choice(value, "allow", "refuse")?,
        "on_enrollment_end" => {
            policy.refuse_enrollment_end = choice(value, "end_assignments", "refuse")?
        }
        "batch_history" => {
            policy.batch_history = match value.as_str()? {
                "refuse_closed" => BatchHistory::RefuseClosed,
                "refuse_past_start" => BatchHistory::RefusePastStart,
                "allow" => BatchHistory::Allow,
                _ => return None,
            }
        }
        "hand_off" => policy.own_right_hands_off = choice(value, "both_rights", "own_right")?,
        "roles" => {
            let texts = value.as_array()?.iter().map(|role| role.as_str().map(str::to_string));
            policy.roles = Some(texts.collect::<Option<Vec<String>>>()?)
        }
        "one_primary" => policy.one_primary = value.as_bool()?,
        "max_staff" => policy.max_staff = Some(at_least_one(value)?),
        "caseload_limit" => policy.caseload_limit = Some(read_limit(value)?),
        "visibility" => policy.own_caseload_only = choice(value, "all", "own_caseload")?,
        "former_access_days" => policy.former_access_days = value.as_u64()?,
        _ => return None,
    }
    Some(())
}

/// Reads one of two words; true for the second.
fn choice(value: &Value, first: &str, second: &str) -> Option<bool> {
    match value.as_str()? {
        word if word == first => Some(false),
        word if word == second => Some(true),
        _ => None,
    }
}

fn at_least_one(value: &Value) -> Option<u64> {
    value.as_u64().filter(|n| *n >= 1)
}

fn read_limit(value: &Value) -> Option<CaseloadLimit> {
    let object = value.as_object()?;
    if object.keys().any(|key| key != "max" && key != "enforcement") {
        return None;
    }
    let refuse = match object.get("enforcement") {
        None | Some(Value::Null) => false,
        Some(word) => choice(word, "notice", "refuse")?,
    };
    Some(CaseloadLimit { max: at_least_one(object.get("max")?)?, refuse })
}
