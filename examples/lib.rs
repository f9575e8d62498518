//! What the examples share: names, tables, bars and strips of days, all as text.
/// The front page, so that its example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub mod front_page {}

use std::{collections::HashMap, error::Error as StdError};

use caseload::{Agency, Day, Error, Event, Name, Period, ProgramId, StaffId};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

/// The names of programs and staff, as the feed of events tells them.
#[derive(Debug, Default)]
pub struct Names {
    programs: HashMap<ProgramId, Name>,
    staff: HashMap<StaffId, Name>,
}

impl Names {
    /// Reads them from an agency.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(agency: &Agency) -> Result<Names, Error> {
        let mut names = Names::default();
        let (mut after, page) = (0, 1_000);
        while after < agency.head().position {
            for happened in agency.events(after, page)? {
                names.hear(happened.event);
            }
            after += page as u64;
        }
        Ok(names)
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::ProgramDefined { program, name: Some(name), .. }
            | Event::ProgramRenamed { program, name } => {
                self.programs.insert(program, name);
            }
            Event::StaffRegistered { staff, name: Some(name), .. }
            | Event::StaffRenamed { staff, name } => {
                self.staff.insert(staff, name);
            }
            _ => {}
        }
    }

    /// A program for people: its name, or its id where it has none.
    pub fn program(&self, id: &ProgramId) -> String {
        self.programs
            .get(id)
            .map_or_else(|| format!("program {id}"), |name| name.as_str().to_owned())
    }

    /// A staff member for people: their name, or their id where they have none.
    pub fn staff(&self, id: &StaffId) -> String {
        self.staff.get(id).map_or_else(|| format!("staff {id}"), |name| name.as_str().to_owned())
    }
}

/// Signs across where the output is no terminal.
const PAPER: u16 = 120;

/// A table with these heads; columns whose head ends in `#` are numbers and stand to the right.
pub fn table(heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(PAPER);
    }
    table.set_header(heads.iter().map(|head| Cell::new(head.trim_end_matches([' ', '#']))));
    for (index, head) in heads.iter().enumerate() {
        if head.ends_with('#')
            && let Some(column) = table.column_mut(index)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A bar as long as a value's share of the largest.
///
/// ```
/// assert_eq!(caseload_examples::bar(3, 6, 10), "█████");
/// assert_eq!(caseload_examples::bar(1, 1_000, 10), "█");
/// assert_eq!(caseload_examples::bar(0, 6, 10), "");
/// ```
pub fn bar(value: u32, largest: u32, width: u32) -> String {
    let cells = value.saturating_mul(width).checked_div(largest).unwrap_or_default();
    let cells = if value > 0 { cells.max(1) } else { 0 };
    "█".repeat(usize::try_from(cells).unwrap_or_default())
}

/// The days that a strip shows.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// The first day shown.
    pub first: Day,
    /// The last day shown.
    pub last: Day,
    /// How many signs wide.
    pub width: i32,
}

impl Axis {
    /// A period as a strip: one sign for so many days, `mark` where it covers one of them.
    ///
    /// ```
    /// use caseload::{Day, Period};
    /// use caseload_examples::Axis;
    /// let day = |text: &str| text.parse::<Day>();
    /// let axis = Axis { first: day("2024-01-01")?, last: day("2024-01-10")?, width: 10 };
    /// let period = Period::new(day("2024-01-03")?, Some(day("2024-01-05")?))?;
    /// assert_eq!(axis.strip(period, '█'), "··██······");
    /// # Ok::<(), caseload::InputError>(())
    /// ```
    pub fn strip(&self, period: Period, mark: char) -> String {
        let days = self.last.number() - self.first.number() + 1;
        let begin = |cell: i32| self.first.number() + cell * days / self.width.max(1);
        let end = period.end().map_or(i32::MAX, Day::number);
        let covered = |cell: i32| {
            let after = begin(cell + 1).max(begin(cell) + 1);
            period.start().number().max(begin(cell)) < end.min(after)
        };
        (0..self.width).map(|cell| if covered(cell) { mark } else { '·' }).collect()
    }
}

/// A progress bar on the error output; hidden where that is no terminal.
pub fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:14} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}

/// An error with everything below it, on one line.
///
/// ```
/// let error = std::io::Error::other("the disk is gone");
/// assert_eq!(caseload_examples::in_words(&error), "the disk is gone");
/// ```
pub fn in_words(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        below = cause.source();
    }
    text
}
