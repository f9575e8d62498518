//! Of whom a number is.

use std::collections::BTreeMap;

use crate::{ProgramId, StaffId, state::Known};

/// Of whom a number of a report is: of a staff member in a program, of one of them, or of all.
///
/// ```
/// use caseload::{StaffId, report::Of};
/// let maria = Of::staff(StaffId::new("maria")?);
/// assert_eq!((maria.program, Of::ALL.staff), (None, None));
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Of {
    /// Whose caseload; `None`: everybody's.
    pub staff: Option<StaffId>,
    /// In which program; `None`: in all of the report's.
    pub program: Option<ProgramId>,
}

impl Of {
    /// Everything in the report.
    pub const ALL: Of = Of { staff: None, program: None };

    /// A staff member, in all programs.
    pub const fn staff(staff: StaffId) -> Of {
        Of { staff: Some(staff), program: None }
    }

    /// A program, whoever the staff.
    pub const fn program(program: ProgramId) -> Of {
        Of { staff: None, program: Some(program) }
    }

    /// A staff member in a program.
    pub const fn both(staff: StaffId, program: ProgramId) -> Of {
        Of { staff: Some(staff), program: Some(program) }
    }
}

/// An [`Of`] in numbers.
type Place = (Option<u32>, Option<u32>);

/// Sums of what lines bring, for every [`Of`] that each line belongs to.
pub(super) struct Sums<T>(BTreeMap<Place, T>);

impl<T: Default> Sums<T> {
    pub(super) const fn new() -> Sums<T> {
        Sums(BTreeMap::new())
    }

    pub(super) fn add(&mut self, staff: u32, program: u32, mut add: impl FnMut(&mut T)) {
        let (staff, program) = (Some(staff), Some(program));
        for place in [(staff, program), (staff, None), (None, program), (None, None)] {
            add(self.0.entry(place).or_default());
        }
    }

    /// Of what has no staff.
    pub(super) fn add_of_program(&mut self, program: u32, mut add: impl FnMut(&mut T)) {
        for place in [(None, Some(program)), (None, None)] {
            add(self.0.entry(place).or_default());
        }
    }

    /// By id.
    pub(super) fn named<U>(self, known: &Known<'_>, value: impl Fn(T) -> U) -> BTreeMap<Of, U> {
        let of = |(staff, program): Place| Of {
            staff: staff.map(|number| known.staff_id(number)),
            program: program.map(|number| known.program_id(number)),
        };
        self.0.into_iter().map(|(place, sum)| (of(place), value(sum))).collect()
    }
}

/// Adds what another part of a report has.
pub(super) fn merge<K: Ord, T: Default>(
    into: &mut BTreeMap<K, T>,
    from: BTreeMap<K, T>,
    add: impl Fn(&mut T, T),
) {
    for (key, value) in from {
        add(into.entry(key).or_default(), value);
    }
}
