//! Who ever had a line in which program, in the order of their ids: how answers from the census are sorted.

use std::sync::Arc;

use super::Known;
use crate::{ProgramId, StaffId, in_order::Ranked};

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    /// In order.
    pub(crate) staff: Arc<[StaffId]>,
    /// In order.
    pub(crate) programs: Arc<[ProgramId]>,
    /// By staff member, then by program.
    pub(crate) places: Vec<Listed>,
}

/// A staff member in a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    /// Their places in the lists.
    pub(crate) staff: u32,
    pub(crate) program: u32,
    /// Which place of the census it is.
    pub(crate) number: u32,
}

impl Roster {
    /// Of the places of a census.
    pub(super) fn of(known: &Known<'_>, places: &[(u32, u32)]) -> Roster {
        let staff = Ranked::of(places.iter().map(|(staff, _)| *staff), |n| known.staff_id(n));
        let programs = Ranked::of(places.iter().map(|(_, p)| *p), |n| known.program_id(n));
        let listed = |((s, p), number): (&(u32, u32), u32)| Listed {
            staff: staff.rank(*s),
            program: programs.rank(*p),
            number,
        };
        let mut places: Vec<Listed> = places.iter().zip(0..).map(listed).collect();
        places.sort_unstable_by_key(|place| (place.staff, place.program));
        Roster { staff: staff.ids().into(), programs: programs.ids().into(), places }
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.staff.len() * size_of::<StaffId>()
            + self.programs.len() * size_of::<ProgramId>()
            + self.places.capacity() * size_of::<Listed>()
    }
}
