//! Of whom a number is.

use std::collections::BTreeMap;

use crate::{ProgramId, StaffId};

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
