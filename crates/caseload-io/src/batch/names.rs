//! Which program or staff member a name means.

use std::collections::HashMap;

use caseload::{ProgramId, Snapshot, StaffId};

use super::{ProgramBy, StaffBy, column::Layout, row::Flaw};

/// The names of an agency, as far as a file needs them.
#[derive(Debug, Default)]
pub(super) struct Names {
    programs: HashMap<String, Named<ProgramId>>,
    staff: HashMap<String, Named<StaffId>>,
}

/// Who has a name.
#[derive(Debug, Clone)]
enum Named<T> {
    One(T),
    Many(usize),
}

impl Names {
    /// Reads the names that files of this layout use.
    pub(super) fn read(snapshot: &Snapshot, layout: &Layout) -> Result<Names, caseload::Error> {
        let mut names = Names::default();
        if layout.program == ProgramBy::Name {
            for (program, name) in snapshot.programs(None)? {
                add(&mut names.programs, name.as_ref().map(|name| name.as_str()), program.id);
            }
        }
        if layout.staff != StaffBy::Id {
            for (staff, name) in snapshot.staff(None)? {
                add(&mut names.staff, name.as_ref().map(|name| name.as_str()), staff.id);
            }
        }
        Ok(names)
    }

    pub(super) fn program(&self, name: &str) -> Result<ProgramId, Flaw> {
        find(&self.programs, name)
    }

    pub(super) fn staff(&self, name: &str) -> Result<StaffId, Flaw> {
        find(&self.staff, name)
    }
}

fn add<T>(names: &mut HashMap<String, Named<T>>, name: Option<&str>, id: T) {
    let Some(name) = name.map(folded).filter(|name| !name.is_empty()) else { return };
    let named = match names.remove(&name) {
        None => Named::One(id),
        Some(Named::One(_)) => Named::Many(2),
        Some(Named::Many(count)) => Named::Many(count + 1),
    };
    names.insert(name, named);
}

fn find<T: Clone>(names: &HashMap<String, Named<T>>, name: &str) -> Result<T, Flaw> {
    match names.get(&folded(name)) {
        Some(Named::One(id)) => Ok(id.clone()),
        Some(Named::Many(count)) => Err(Flaw::AmbiguousName { count: *count }),
        None => Err(Flaw::UnknownName),
    }
}

/// Those whose name nobody else has, sorted by it.
pub(super) fn unique<'a, T>(named: impl Iterator<Item = (T, Option<&'a str>)>) -> Vec<(T, String)> {
    let (mut names, mut all) = (HashMap::new(), Vec::new());
    for (it, name) in named {
        add(&mut names, name, ());
        all.extend(name.map(|name| (it, name.to_owned())));
    }
    all.retain(|(_, name)| find(&names, name).is_ok());
    all.sort_by(|(_, a), (_, b)| a.cmp(b));
    all
}

/// What of a name counts: not its capitals, nor how much white space is in it, and `Last, First` is
/// `First Last`.
fn folded(name: &str) -> String {
    let in_order = match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{first} {last}"),
        _ => name.to_owned(),
    };
    let words: Vec<&str> = in_order.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_other_letters_and_in_either_order() {
        for same in ["Maria de la Cruz", " maria  DE la cruz ", "de la Cruz, Maria"] {
            assert_eq!(folded(same), "maria de la cruz");
        }
        assert_eq!(folded("Food, Rent, Utilities"), "food, rent, utilities");
    }

    #[test]
    fn who_shares_a_name_is_not_guessed() {
        let mut names = HashMap::new();
        for (name, id) in [(Some("Ann Lee"), 1), (Some("Lee, Ann"), 2), (Some("Sam"), 3), (None, 4)]
        {
            add(&mut names, name, id);
        }
        assert_eq!(find(&names, "ann lee"), Err(Flaw::AmbiguousName { count: 2 }));
        assert_eq!(find(&names, "SAM"), Ok(3));
        assert_eq!(find(&names, ""), Err(Flaw::UnknownName));
    }
}
