//! Of whom a number is: a staff member, a program, both, or all.

use std::iter::zip;

use caseload::{
    ProgramId, StaffId,
    report::{Cube, DailySeries},
};

use crate::{dictionary::Shared, layout::Layout};

/// Places in the [`Lists`] of a report; `None` in a sum over all of them.
#[derive(Clone, Copy)]
pub(crate) struct Whom {
    pub(crate) staff: Option<usize>,
    pub(crate) program: Option<usize>,
}

impl From<(Option<usize>, Option<usize>)> for Whom {
    fn from((staff, program): (Option<usize>, Option<usize>)) -> Whom {
        Whom { staff, program }
    }
}

/// The staff and the programs that rows of a report are about.
pub(crate) struct Lists {
    staff: Shared,
    programs: Shared,
}

impl Lists {
    /// Of a report without rows.
    pub(crate) fn none() -> Lists {
        Lists::of(&[], &[], std::iter::empty)
    }

    pub(crate) fn of_cube<T>(cube: &Cube<T>) -> Lists {
        Lists::of_some(cube, |_| true)
    }

    /// Where only some values make rows of a table.
    pub(crate) fn of_some<T>(cube: &Cube<T>, makes_rows: impl Fn(&T) -> bool) -> Lists {
        Lists::of(cube.staff(), cube.programs(), || {
            let rows = zip(cube.rows(), cube.values()).filter(|(_, value)| makes_rows(value));
            rows.map(|(place, _)| place)
        })
    }

    pub(crate) fn of_series(series: &DailySeries) -> Lists {
        Lists::of(series.staff(), series.programs(), || series.rows())
    }

    fn of<I: Iterator<Item = (Option<usize>, Option<usize>)>>(
        staff: &[StaffId],
        programs: &[ProgramId],
        rows: impl Fn() -> I,
    ) -> Lists {
        Lists {
            staff: Shared::of(staff, rows().filter_map(|(staff, _)| staff)),
            programs: Shared::of(programs, rows().filter_map(|(_, program)| program)),
        }
    }
}

impl<'a, R> Layout<'a, R> {
    /// `staff` and `program`.
    pub(crate) fn whom(
        self,
        lists: &Lists,
        get: impl Fn(&R) -> Whom + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        self.place("staff", "Whose", lists.staff.clone(), move |row| get(row).staff)
            .or_null("a sum over all staff of the report")
            .program_of(lists, move |row| get(row).program)
    }

    pub(crate) fn program_of(
        self,
        lists: &Lists,
        get: impl Fn(&R) -> Option<usize> + Send + 'a,
    ) -> Layout<'a, R> {
        self.place("program", "In which program", lists.programs.clone(), get)
            .or_null("a sum over all programs of the report")
    }
}

/// The rows of a cube, in order.
pub(crate) fn cube_rows<T>(cube: &Cube<T>) -> impl Iterator<Item = (Whom, &T)> {
    zip(cube.rows().map(Whom::from), cube.values())
}
