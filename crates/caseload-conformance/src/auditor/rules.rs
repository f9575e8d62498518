//! The rules that several commands share.

use std::collections::BTreeSet;

use serde_json::json;

use super::day::{Day, Period, first_day, format_day};
use super::policy::EntryOrder;
use super::state::{Kind, State};
use super::verdict::Violation;

/// Who gives a command, and on which day.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub actor: String,
    pub on: Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Root,
    Staff(usize),
    Unknown,
}

pub(super) fn who(state: &State, actor: &str) -> Who {
    match (actor, state.find_staff(actor)) {
        ("root", _) => Who::Root,
        (_, Some(staff)) => Who::Staff(staff),
        _ => Who::Unknown,
    }
}

// ---------------------------------------------------------------- rights

/// Whether the last grant or revoke that names this program or every program gave the right.
pub(super) fn has_right(state: &State, who: Who, right: &str, program: usize) -> bool {
    last_word(state, who, right, |named| named.is_none() || named == Some(program))
}

/// Whether the last grant or revoke without a program gave the right.
pub(super) fn has_right_everywhere(state: &State, who: Who, right: &str) -> bool {
    last_word(state, who, right, |named| named.is_none())
}

fn last_word(state: &State, who: Who, right: &str, counts: impl Fn(Option<usize>) -> bool) -> bool {
    let staff = match who {
        Who::Root => return true,
        Who::Unknown => return false,
        Who::Staff(staff) => staff,
    };
    let mut holds = false;
    for grant in &state.grants {
        let about_it = grant.staff == staff && grant.rights.iter().any(|given| given == right);
        if about_it && counts(grant.program) {
            holds = grant.gives;
        }
    }
    holds
}

pub(super) fn need_right(
    state: &State,
    context: &Context,
    right: &str,
    code: &'static str,
    program: usize,
) -> Vec<Violation> {
    if has_right(state, who(state, &context.actor), right, program) {
        return Vec::new();
    }
    vec![Violation::new(code, &["actor"]).with("program", state.programs[program].id.clone())]
}

pub(super) fn need_administer_everywhere(state: &State, context: &Context) -> Vec<Violation> {
    if has_right_everywhere(state, who(state, &context.actor), "administer") {
        return Vec::new();
    }
    vec![Violation::new("administer-right-missing", &["actor"])]
}

/// Whether the actor may change the caseload of this staff member in this program.
pub(super) fn need_caseload_right(
    state: &State,
    context: &Context,
    program: usize,
    staff: usize,
) -> Vec<Violation> {
    let actor = who(state, &context.actor);
    let own = actor == Who::Staff(staff);
    if has_right(state, actor, if own { "own" } else { "others" }, program) {
        return Vec::new();
    }
    let code = if own { "own-right-missing" } else { "others-right-missing" };
    let mut violation =
        Violation::new(code, &["actor"]).with("program", state.programs[program].id.clone());
    if !own {
        violation = violation.with("staff", state.staff[staff].id.clone());
    }
    vec![violation]
}

/// A transfer changes two caseloads; `hand_off` may relax the receiver's side.
pub(super) fn need_transfer_rights(
    state: &State,
    context: &Context,
    program: usize,
    giver: Option<usize>,
    receiver: Option<usize>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    if let Some(giver) = giver {
        found.extend(need_caseload_right(state, context, program, giver));
    }
    if let Some(receiver) = receiver
        && !state.programs[program].policy.own_right_hands_off
    {
        found.extend(need_caseload_right(state, context, program, receiver));
    }
    found
}

// ---------------------------------------------------------------- who sees whom

/// Whether the actor sees only their own caseload in this program.
pub(super) fn is_restricted(state: &State, actor: Who, program: usize) -> bool {
    state.programs[program].policy.own_caseload_only
        && !has_right(state, actor, "view_all", program)
}

/// Whether a participant is on a staff member's caseload on a day, or was a few days before.
fn on_own_caseload(
    state: &State,
    staff: usize,
    participant: usize,
    program: usize,
    day: Day,
) -> bool {
    let days_back = state.programs[program].policy.former_access_days;
    let lines: Vec<usize> = state
        .assignments_of(participant, program)
        .into_iter()
        .filter(|line| state.assignments[*line].staff == staff)
        .collect();
    // Day by day backwards; before the first day of the calendar there is nothing to find.
    let mut back = 0;
    let mut looked_at = day;
    while !lines.is_empty() && back <= days_back && looked_at >= first_day() {
        if lines.iter().any(|line| state.covers(*line, looked_at)) {
            return true;
        }
        back += 1;
        looked_at -= 1;
    }
    false
}

/// Whether an actor of a question sees a participant in a program on a day.
pub(super) fn sees(
    state: &State,
    actor: Who,
    participant: usize,
    program: usize,
    day: Day,
) -> bool {
    match actor {
        Who::Root => true,
        Who::Unknown => false,
        Who::Staff(staff) if is_restricted(state, actor, program) => {
            on_own_caseload(state, staff, participant, program, day)
        }
        Who::Staff(_) => !state.enrollments_of(participant, program).is_empty(),
    }
}

/// Whether a participant does not exist in a program for the giver of a command.
pub(super) fn is_hidden(
    state: &State,
    context: &Context,
    participant: usize,
    program: usize,
) -> bool {
    let actor = who(state, &context.actor);
    if !is_restricted(state, actor, program) {
        return false;
    }
    match actor {
        Who::Root => false,
        // An unknown actor is staff without rights and without a caseload.
        Who::Unknown => true,
        Who::Staff(staff) => !on_own_caseload(state, staff, participant, program, context.on),
    }
}

// ---------------------------------------------------------------- references

/// The rules about the actor, which every command obeys.
pub(super) fn actor_rules(state: &State, context: &Context) -> Vec<Violation> {
    match who(state, &context.actor) {
        Who::Root => Vec::new(),
        Who::Unknown => {
            vec![Violation::new("unknown-actor", &["actor"]).with("id", context.actor.clone())]
        }
        Who::Staff(staff) if state.staff[staff].active => Vec::new(),
        Who::Staff(_) => {
            vec![Violation::new("staff-inactive", &["actor"]).with("staff", context.actor.clone())]
        }
    }
}

pub(super) fn unknown(kind: Kind, field: &str, id: &str) -> Violation {
    let code = match kind {
        Kind::Program => "unknown-program",
        Kind::Staff => "unknown-staff",
        Kind::Participant => "unknown-participant",
        Kind::Enrollment => "unknown-enrollment",
        Kind::Assignment => "unknown-assignment",
    };
    Violation::new(code, &[field]).with("id", id)
}

/// Looks an id up; an unknown one is a violation.
pub(super) fn known(
    state: &State,
    kind: Kind,
    field: &str,
    id: &str,
    found: &mut Vec<Violation>,
) -> Option<usize> {
    let place = state.find(kind, id);
    if place.is_none() {
        found.push(unknown(kind, field, id));
    }
    place
}

/// Looks up an enrollment that the actor may know of.
pub(super) fn known_enrollment(
    state: &State,
    context: &Context,
    id: &str,
    found: &mut Vec<Violation>,
) -> Option<usize> {
    let place = state.find_enrollment(id).filter(|place| {
        let enrollment = &state.enrollments[*place];
        !is_hidden(state, context, enrollment.participant, enrollment.program)
    });
    if place.is_none() {
        found.push(unknown(Kind::Enrollment, "id", id));
    }
    place
}

/// Looks up an assignment that the actor may know of.
pub(super) fn known_assignment(
    state: &State,
    context: &Context,
    id: &str,
    found: &mut Vec<Violation>,
) -> Option<usize> {
    let place = state.find_assignment(id).filter(|place| {
        let line = &state.assignments[*place];
        !is_hidden(state, context, line.participant, line.program)
    });
    if place.is_none() {
        found.push(unknown(Kind::Assignment, "id", id));
    }
    place
}

pub(super) fn free_id(state: &State, kind: Kind, field: &str, id: &str) -> Vec<Violation> {
    if !state.is_taken(kind, id) {
        return Vec::new();
    }
    vec![Violation::new("id-taken", &[field]).with("id", id)]
}

pub(super) fn open_program(state: &State, program: usize, field: &str) -> Vec<Violation> {
    if !state.programs[program].closed {
        return Vec::new();
    }
    vec![
        Violation::new("program-closed", &[field])
            .with("program", state.programs[program].id.clone()),
    ]
}

pub(super) fn active_staff(state: &State, staff: usize, field: &str) -> Vec<Violation> {
    if state.staff[staff].active {
        return Vec::new();
    }
    vec![Violation::new("staff-inactive", &[field]).with("staff", state.staff[staff].id.clone())]
}

// ---------------------------------------------------------------- shape

/// `end-before-start` and `zero-day-period`; an unknown program has no policy.
pub(super) fn period_shape(
    state: &State,
    program: Option<usize>,
    period: Period,
    field: &str,
) -> Vec<Violation> {
    let Some(end) = period.end else {
        return Vec::new();
    };
    if end < period.start {
        return vec![
            Violation::new("end-before-start", &[field])
                .with("start", format_day(period.start))
                .with("end", format_day(end)),
        ];
    }
    let refused = program.is_some_and(|program| state.programs[program].policy.refuse_zero_day);
    if end == period.start && refused {
        return vec![Violation::new("zero-day-period", &[field]).with("day", format_day(end))];
    }
    Vec::new()
}

pub(super) fn reason_shape(reason: &str) -> Vec<Violation> {
    if !reason.trim().is_empty() {
        return Vec::new();
    }
    vec![Violation::new("reason-required", &["reason"])]
}

pub(super) fn role_shape(
    state: &State,
    program: Option<usize>,
    role: Option<&str>,
) -> Vec<Violation> {
    let Some(roles) = program.and_then(|program| state.programs[program].policy.roles.clone())
    else {
        return Vec::new();
    };
    match role {
        None => vec![Violation::new("role-required", &["role"]).with("roles", roles)],
        Some(role) if !roles.iter().any(|listed| listed == role) => {
            vec![
                Violation::new("role-not-listed", &["role"])
                    .with("role", role)
                    .with("roles", roles),
            ]
        }
        Some(_) => Vec::new(),
    }
}

// ---------------------------------------------------------------- a new line

/// A line that somebody wants to stand in the state.
///
/// It is always judged against the world as it would be without it: the giver's line ended, the
/// corrected line superseded, the line to be opened again left out.
#[derive(Clone, Debug)]
pub(super) struct NewLine {
    pub staff: usize,
    pub participant: Option<usize>,
    pub program: usize,
    pub period: Period,
    pub role: Option<String>,
}

impl NewLine {
    fn is_primary(&self) -> bool {
        self.role.as_deref() == Some("primary")
    }
}

/// `not-enrolled`, `outside-enrollment`, `enrollment-not-started`.
///
/// Whether the participant is hidden is not asked here: the state given may lack the very line
/// through which the actor sees them.
pub(super) fn enrollment_rules(state: &State, context: &Context, line: &NewLine) -> Vec<Violation> {
    let enrollments = match line.participant {
        Some(participant) => state.enrollments_of(participant, line.program),
        None => Vec::new(),
    };
    if enrollments.is_empty() {
        // Alone: what does not exist has no days.
        return vec![
            Violation::new("not-enrolled", &["participant"])
                .with("program", state.programs[line.program].id.clone()),
        ];
    }
    let calendar = state.calendar(&[line.period]);
    let holder = enrollments
        .iter()
        .find(|place| calendar.inside(line.period, state.enrollments[**place].period));
    let Some(holder) = holder else {
        return vec![outside_enrollment(state, line, &enrollments)];
    };
    let enrollment = &state.enrollments[*holder];
    if enrollment.period.start > context.on {
        return vec![
            Violation::new("enrollment-not-started", &["start"])
                .with("enrollment", enrollment.id.clone())
                .with("start", format_day(enrollment.period.start)),
        ];
    }
    Vec::new()
}

/// Names the nearest value that would pass, as far as there is one.
fn outside_enrollment(state: &State, line: &NewLine, enrollments: &[usize]) -> Violation {
    let period_of = |place: usize| state.enrollments[place].period;
    let start = line.period.start;
    if let Some(place) = enrollments.iter().find(|place| period_of(**place).covers(start)) {
        let mut violation = Violation::new("outside-enrollment", &["end"])
            .with("enrollment", state.enrollments[*place].id.clone());
        if let Some(end) = period_of(*place).end {
            violation = violation.with("latest_end", format_day(end));
        }
        return violation;
    }
    let violation = Violation::new("outside-enrollment", &["start"]);
    match enrollments.iter().find(|place| period_of(**place).start > start) {
        Some(place) => violation.with("earliest_start", format_day(period_of(*place).start)),
        None => violation,
    }
}

pub(super) fn timeline_rules(
    state: &State,
    context: &Context,
    line: &NewLine,
    corrects: bool,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let policy = &state.programs[line.program].policy;
    let others = match line.participant {
        Some(participant) => state.assignments_of(participant, line.program),
        None => Vec::new(),
    };
    let calendar = state.calendar(&[line.period]);
    let held = others.iter().find(|place| {
        let other = &state.assignments[**place];
        other.staff == line.staff && calendar.share_an_occupied_day(other.period, line.period)
    });
    if let Some(place) = held {
        found.push(
            Violation::new("already-assigned", &["participant"])
                .with("assignment", state.assignments[*place].id.clone()),
        );
    }
    if !corrects {
        found.extend(order_rule(state, line, &others));
    }
    if policy.refuse_planned_starts && line.period.start > context.on {
        found.push(
            Violation::new("planned-start", &["start"])
                .with("start", format_day(line.period.start))
                .with("on", format_day(context.on)),
        );
    }
    if policy.one_primary && line.is_primary() {
        let holder = others.iter().find(|place| {
            let other = &state.assignments[**place];
            other.role.as_deref() == Some("primary")
                && calendar.share_a_covered_day(other.period, line.period)
        });
        if let Some(place) = holder {
            found.push(
                Violation::new("primary-held", &["role"])
                    .with("assignment", state.assignments[*place].id.clone()),
            );
        }
    }
    found
}

fn order_rule(state: &State, line: &NewLine, others: &[usize]) -> Vec<Violation> {
    let order = state.programs[line.program].policy.entry_order;
    let later = others.iter().rfind(|place| {
        let other = &state.assignments[**place];
        let in_scope = match order {
            EntryOrder::Any => false,
            EntryOrder::Program => true,
            EntryOrder::Staff => other.staff == line.staff,
        };
        in_scope && other.period.start > line.period.start
    });
    match later {
        None => Vec::new(),
        Some(place) => vec![
            Violation::new("out-of-order", &["start"])
                .with("assignment", state.assignments[*place].id.clone())
                .with("earliest_start", format_day(state.assignments[*place].period.start)),
        ],
    }
}

/// What a limit has to say: violations first, then notices.
pub(super) fn limit_rules(state: &State, line: &NewLine) -> (Vec<Violation>, Vec<Violation>) {
    let mut found = staff_limit(state, line);
    let mut notices = Vec::new();
    let Some(limit) = state.programs[line.program].policy.caseload_limit else {
        return (found, notices);
    };
    if line.period.is_zero_day() {
        return (found, notices);
    }
    let day = line.period.start;
    let count = 1 + state
        .assignments_held_by(line.staff)
        .into_iter()
        .filter(|place| {
            state.assignments[*place].program == line.program && state.covers(*place, day)
        })
        .count() as u64;
    if count > limit.max {
        let violation = Violation::new("caseload-full", &["staff"])
            .with("staff", state.staff[line.staff].id.clone())
            .with("day", format_day(day))
            .with("count", count)
            .with("max", limit.max);
        if limit.refuse {
            found.push(violation);
        } else {
            notices.push(violation);
        }
    }
    (found, notices)
}

fn staff_limit(state: &State, line: &NewLine) -> Vec<Violation> {
    let policy = &state.programs[line.program].policy;
    let (Some(max), Some(participant)) = (policy.max_staff, line.participant) else {
        return Vec::new();
    };
    let others = state.assignments_of(participant, line.program);
    let calendar = state.calendar(&[line.period]);
    for day in calendar.covered(line.period) {
        let mut staff = BTreeSet::from([line.staff]);
        for place in &others {
            if state.covers(*place, day) {
                staff.insert(state.assignments[*place].staff);
            }
        }
        if staff.len() as u64 > max {
            return vec![
                Violation::new("too-many-staff", &["start"])
                    .with("day", format_day(day))
                    .with("count", json!(staff.len()))
                    .with("max", max),
            ];
        }
    }
    Vec::new()
}

// ---------------------------------------------------------------- a new enrollment

/// `enrollment-overlaps`, against the world without the enrollment itself.
pub(super) fn overlap_rule(
    state: &State,
    context: &Context,
    participant: usize,
    program: usize,
    period: Period,
) -> Vec<Violation> {
    let calendar = state.calendar(&[period]);
    let other = state
        .enrollments_of(participant, program)
        .into_iter()
        .find(|place| calendar.share_an_occupied_day(state.enrollments[*place].period, period));
    let Some(other) = other else {
        return Vec::new();
    };
    let violation = Violation::new("enrollment-overlaps", &["start"]);
    // The rule speaks, but a restricted actor is not told whom they do not see.
    if is_hidden(state, context, participant, program) {
        return vec![violation];
    }
    vec![violation.with("enrollment", state.enrollments[other].id.clone())]
}

/// `assignment-outside`, naming only what the actor may know of.
pub(super) fn assignments_outside(
    state: &State,
    context: &Context,
    lines: &[usize],
    field: &str,
) -> Vec<Violation> {
    if lines.is_empty() {
        return Vec::new();
    }
    vec![
        Violation::new("assignment-outside", &[field])
            .with("assignments", visible_ids(state, context, lines)),
    ]
}

pub(super) fn visible_ids(state: &State, context: &Context, lines: &[usize]) -> Vec<String> {
    lines
        .iter()
        .map(|place| &state.assignments[*place])
        .filter(|line| !is_hidden(state, context, line.participant, line.program))
        .map(|line| line.id.clone())
        .collect()
}
