//! How many cases each staff member has, kept as columns over a shared list of ids.

use std::sync::Arc;

use crate::{Count, StaffId};

/// How many assignments of each staff member cover a day, sorted by staff; nobody has none.
///
/// ```
/// use caseload::{Agency, Asked, Day, Error, MemoryLog, StaffId};
/// let counts = Agency::open(MemoryLog::new())?.snapshot()?.counts(None, &Asked::of(Day::FIRST))?;
/// assert_eq!((counts.get(&StaffId::new("maria")?), counts.iter().next()), (None, None));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Counts {
    // INVARIANT: sorted, each id once; `rows` are places in it in order, each with a number above 0.
    staff: Arc<[StaffId]>,
    rows: Vec<(u32, u32)>,
}

impl Counts {
    pub(crate) fn of(staff: Arc<[StaffId]>, rows: Vec<(u32, u32)>) -> Counts {
        debug_assert!(rows.is_sorted(), "places in order");
        Counts { staff, rows }
    }

    /// How many staff members have a case.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nobody has a case.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The cases of a staff member; `None` if there are none.
    pub fn get(&self, staff: &StaffId) -> Option<u32> {
        let place = u32::try_from(self.staff.binary_search(staff).ok()?).ok()?;
        let row = self.rows.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.rows.get(row).map(|(_, cases)| *cases)
    }

    /// Each staff member with their cases.
    pub fn iter(&self) -> impl Iterator<Item = (&StaffId, u32)> {
        let row = |(place, cases): &(u32, u32)| Some((self.staff.get(*place as usize)?, *cases));
        self.rows.iter().filter_map(row)
    }

    /// The same, each of its own.
    pub fn to_vec(&self) -> Vec<Count> {
        self.iter()
            .map(|(staff, assignments)| Count { staff: staff.clone(), assignments })
            .collect()
    }
}

/// Two are equal if the same staff have as many cases; their lists may have more ids.
impl PartialEq for Counts {
    fn eq(&self, other: &Counts) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Counts {}
