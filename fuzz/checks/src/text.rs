//! Days, ids and free text, each held against a second, slower reading of the contract.

use caseload::{
    Actor, AnyId, Day, InputError, Kind, MAX_ID_BYTES, MAX_REASON_BYTES, MAX_ROLE_BYTES, Name,
    Reason, RequestId, Role, StaffId,
};

/// Only what is written back the same way is a day, and every day is read.
pub fn day(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let read = text.parse::<Day>();
        if let Ok(day) = &read {
            assert_eq!(day.to_string(), text);
            assert_eq!(Day::from_number(day.number()), Some(*day));
        }
        let json = serde_json::Value::from(text);
        assert_eq!(serde_json::from_value::<Day>(json).ok(), read.ok());
    }
    let number = bytes.iter().fold(0i32, |sum, byte| sum.wrapping_mul(257) ^ i32::from(*byte));
    for number in [number, number.rem_euclid(Day::LAST.number()) + 1] {
        if let Some(day) = Day::from_number(number) {
            assert_eq!(day.to_string().parse::<Day>().ok(), Some(day));
            let back = day.plus(1).and_then(|next| next.plus(-1));
            assert!(back == Some(day) || day == Day::LAST);
        }
    }
}

/// Ids of every kind keep the rule of the contract, and give back their text as it was.
pub fn ids(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let legal = (1..=MAX_ID_BYTES).contains(&text.len())
        && text.trim() == text
        && !text.chars().any(char::is_control);
    for kind in Kind::ALL {
        let id = AnyId::new(kind, text);
        assert_eq!(id.as_ref().ok().map(AnyId::as_str), legal.then_some(text));
        assert!(id.is_err() || id.is_ok_and(|id| id.kind() == kind));
    }
    assert_eq!(RequestId::new(text).ok().map(|id| id.as_str() == text), legal.then_some(true));
    let actor = Actor::new(text);
    assert_eq!(actor.as_ref().ok().map(Actor::as_str), legal.then_some(text));
    if let Ok(actor) = actor {
        assert_eq!(actor.staff().is_none(), text == Actor::ROOT);
    }
    let json = serde_json::Value::from(text);
    assert_eq!(serde_json::from_value::<StaffId>(json).is_ok(), legal);
    free_text(text);
}

/// Free text is taken as it is, up to its limit.
fn free_text(text: &str) {
    fn fits(read: Result<bool, InputError>, len: usize, max: usize) {
        assert_eq!(read.ok(), (len <= max).then_some(true));
    }
    let len = text.len();
    fits(Role::new(text).map(|role| role.as_str() == text), len, MAX_ROLE_BYTES);
    fits(Reason::new(text).map(|reason| reason.as_str() == text), len, MAX_REASON_BYTES);
    fits(Name::new(text).map(|name| name.as_str() == text), len, caseload::log::MAX_ENTRY_BYTES);
}
