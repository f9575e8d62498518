//! The sheet that caseworkers fill in.

use std::io::Write;

use caseload::{Activity, Name, Snapshot};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    Formula, Workbook, Worksheet, XlsxError,
};

use super::{
    BatchError, Column, EndBy, INSTRUCTION_MARK, ProgramBy, SAMPLE_MARK, StaffBy, names::unique,
};

/// The name of the sheet to be filled in.
const SHEET: &str = "Caseload";
/// The name of the sheet with what may be chosen.
const LISTS: &str = "Lists";
/// The last row of a worksheet, counted from 0.
const LAST_ROW: u32 = 1_048_575;
/// The first row that is validated: the one of the sample.
const FIRST_ROW: u32 = 2;
/// Of the row of instructions, in points: five lines, as many as the longest one wraps to.
const INSTRUCTIONS_HEIGHT: f64 = 75.0;
/// The day of the sample row, and of the making of the file, so that the same template is the same file.
const SAMPLE: (u16, u8, u8) = (2024, 2, 1);

/// The sheet that caseworkers fill in: a row of column names, one of instructions and a sample, which
/// are recognised by their marks when it is uploaded, and skipped.
///
/// As a workbook it offers programs, staff and actions to choose from; they stand on a second sheet, so
/// there may be any number. A name that two of them share cannot be chosen: it would be refused as
/// ambiguous. Deactivated staff are left out; closed programs are not, since what they have is still
/// ended.
///
/// ```
/// use caseload::{Agency, MemoryLog};
/// use caseload_io::batch::{BatchFile, EndBy, Options, StaffBy, Template};
/// let agency = Agency::open(MemoryLog::new())?;
/// let template = Template::default().staff_by(StaffBy::Id).end_by(EndBy::FirstDayNotCovered);
/// let mut sheet = Vec::new();
/// template.write_workbook(&agency.snapshot()?, &mut sheet)?;
/// let file = std::io::Cursor::new(sheet);
/// assert!(BatchFile::read("template.xlsx", file, &Options::default()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Template {
    /// How it names programs.
    pub program: ProgramBy,
    /// How it names staff.
    pub staff: StaffBy,
    /// Which day it writes for an end.
    pub end: EndBy,
}

impl Template {
    /// Names programs so; by name without it.
    #[must_use]
    pub const fn program_by(mut self, program: ProgramBy) -> Template {
        self.program = program;
        self
    }

    /// Names staff so; by name without it.
    #[must_use]
    pub const fn staff_by(mut self, staff: StaffBy) -> Template {
        self.staff = staff;
        self
    }

    /// Writes this day for an end; the last day without it.
    #[must_use]
    pub const fn end_by(mut self, end: EndBy) -> Template {
        self.end = end;
        self
    }

    /// Its columns, in order.
    ///
    /// ```
    /// use caseload_io::batch::{Column, Template};
    /// let columns = Template::default().columns();
    /// assert_eq!(columns[..2], [Column::Participant, Column::ProgramName]);
    /// ```
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::Participant, self.program.column()];
        columns.extend(self.staff.columns());
        columns.extend([Column::Action, Column::Start, self.end.column()]);
        columns.extend([Column::Role, Column::Reason]);
        columns
    }

    /// Writes it as a CSV.
    ///
    /// ```
    /// # use caseload_io::batch::{BatchError, Template};
    /// let mut sheet = Vec::new();
    /// Template::default().write_csv(&mut sheet)?;
    /// assert!(sheet.starts_with(b"Participant ID,Program name,Staff name,Action,Start date,Last day"));
    /// # Ok::<(), BatchError>(())
    /// ```
    ///
    /// # Errors
    /// [`BatchError::Unwritable`].
    pub fn write_csv(&self, to: impl Write) -> Result<(), BatchError> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
        let columns = self.columns();
        let mut written = writer.write_record(columns.iter().map(|column| column.name()));
        for text in [instruction, sample] {
            let cells = columns.iter().map(|column| text(*column));
            written = written.and_then(|()| writer.write_record(cells));
        }
        written.map_err(BatchError::unwritable)?;
        writer.flush().map_err(BatchError::unwritable)
    }

    /// Writes it as a workbook, with the programs and staff of a snapshot to choose from.
    ///
    /// # Errors
    /// [`BatchError::Unwritable`]; [`BatchError::Agency`] as every question.
    pub fn write_workbook(
        &self,
        snapshot: &Snapshot,
        to: impl Write + Send,
    ) -> Result<(), BatchError> {
        let choices = self.choices(snapshot)?;
        self.workbook(&choices)
            .and_then(|mut book| book.save_to_writer(to))
            .map_err(BatchError::unwritable)
    }

    /// What may be chosen in a column, where that can be said.
    fn choices(&self, snapshot: &Snapshot) -> Result<Vec<(Column, Vec<String>)>, BatchError> {
        let programs = snapshot.programs(None)?;
        let programs = match self.program {
            ProgramBy::Id => programs.iter().map(|(it, _)| it.id.as_str().to_owned()).collect(),
            ProgramBy::Name => {
                unique(programs.iter().map(|(it, name)| (it, name.as_ref().map(Name::as_str))))
                    .into_iter()
                    .map(|(_, name)| name)
                    .collect()
            }
        };
        let staff = snapshot.staff(None)?;
        let works = |activity| activity == Activity::Active;
        let staff = match self.staff {
            StaffBy::FirstAndLastName => Vec::new(),
            StaffBy::Id => {
                let active = staff.iter().filter(|(it, _)| works(it.activity));
                active.map(|(it, _)| it.id.as_str().to_owned()).collect()
            }
            StaffBy::Name => {
                unique(staff.iter().map(|(it, name)| (it, name.as_ref().map(Name::as_str))))
                    .into_iter()
                    .filter(|(it, _)| works(it.activity))
                    .map(|(_, name)| name)
                    .collect()
            }
        };
        let mut choices = vec![
            (self.program.column(), programs),
            (Column::Action, vec!["begin".to_owned(), "end".to_owned()]),
        ];
        choices.extend(self.staff.columns().first().map(|column| (*column, staff)));
        choices.retain(|(_, list)| !list.is_empty());
        Ok(choices)
    }

    fn workbook(&self, choices: &[(Column, Vec<String>)]) -> Result<Workbook, XlsxError> {
        let mut book = Workbook::new();
        let (year, month, day) = SAMPLE;
        let made = ExcelDateTime::from_ymd(year, month, day)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let sheet = book.add_worksheet();
        sheet.set_name(SHEET)?;
        for_print(sheet)?.set_freeze_panes(1, 0)?;
        // LibreOffice does not measure wrapped text when it opens a file: it would lie over the sample.
        sheet.set_row_height(1, INSTRUCTIONS_HEIGHT)?;
        for (place, column) in (0..).zip(self.columns()) {
            write_column(sheet, place, column)?;
        }
        for (list, (column, texts)) in (0..).zip(choices) {
            let place = self.columns().iter().position(|other| other == column);
            let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else { continue };
            let last = texts.len().min(LAST_ROW as usize) + 1;
            let letter = char::from(b'A' + list);
            let source = Formula::new(format!("={LISTS}!${letter}$2:${letter}${last}"));
            let choice = DataValidation::new()
                .allow_list_formula(source)
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title("Not in the list")?
                .set_error_message("It will be refused when the file is uploaded.")?;
            sheet.add_data_validation(FIRST_ROW, place, LAST_ROW, place, &choice)?;
        }
        write_lists(book.add_worksheet(), choices)?;
        Ok(book)
    }
}

/// All columns on one page, and their names on each.
pub(super) fn for_print(sheet: &mut Worksheet) -> Result<&mut Worksheet, XlsxError> {
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)
}

fn write_column(sheet: &mut Worksheet, place: u16, column: Column) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_text_wrap();
    let note = Format::new().set_italic().set_text_wrap().set_align(FormatAlign::Top);
    let is_day = matches!(column, Column::Start | Column::LastDay | Column::End);
    // As text, or Excel makes numbers of ids and drops their leading zeros.
    let cells = Format::new().set_num_format(if is_day { "yyyy-mm-dd" } else { "@" });
    sheet.set_column_width(place, if column == Column::Participant { 24 } else { 20 })?;
    sheet.set_column_format(place, &cells)?;
    sheet.write_string_with_format(0, place, column.name(), &head)?;
    sheet.write_string_with_format(1, place, instruction(column), &note)?;
    match column {
        Column::Start => {
            let (year, month, day) = SAMPLE;
            let day = ExcelDateTime::from_ymd(year, month, day)?;
            sheet.write_datetime_with_format(2, place, day, &cells)?;
        }
        _ => {
            sheet.write_string_with_format(2, place, sample(column), &cells)?;
        }
    }
    Ok(())
}

fn write_lists(sheet: &mut Worksheet, choices: &[(Column, Vec<String>)]) -> Result<(), XlsxError> {
    sheet.set_name(LISTS)?;
    for (place, (column, texts)) in (0..).zip(choices) {
        sheet.set_column_width(place, 30)?;
        sheet.write_string(0, place, column.name())?;
        for (row, text) in (1..=LAST_ROW).zip(texts) {
            sheet.write_string(row, place, text)?;
        }
    }
    Ok(())
}

/// What the row of instructions says of a column.
const fn instruction(column: Column) -> &'static str {
    match column {
        Column::Participant => INSTRUCTION_MARK,
        Column::ProgramId => "The id of the program.",
        Column::ProgramName => "The name of the program.",
        Column::StaffId => "The id of the staff member.",
        Column::StaffName => "The name of the staff member: First Last, or Last, First.",
        Column::StaffFirstName => "The first name of the staff member.",
        Column::StaffLastName => "The last name of the staff member.",
        Column::Action => "begin, or end. Empty: begin, if there is no end.",
        Column::Start => {
            "The first day, YYYY-MM-DD. To end an assignment: the first day that it has."
        }
        Column::LastDay => "The last day, which still counts. Empty: open.",
        Column::End => "The first day that does not count any more. Empty: open.",
        Column::Role => "The role, where the program has roles. Only to begin.",
        Column::Reason => "Why it ends. Only to end.",
    }
}

/// What the sample row has in a column.
const fn sample(column: Column) -> &'static str {
    match column {
        Column::Participant => SAMPLE_MARK,
        Column::ProgramId => "program-7",
        Column::ProgramName => "Housing First",
        Column::StaffId => "staff-12",
        Column::StaffName => "Maria Ortega",
        Column::StaffFirstName => "Maria",
        Column::StaffLastName => "Ortega",
        Column::Action => "begin",
        Column::Start => "2024-02-01",
        Column::Role => "primary",
        Column::LastDay | Column::End | Column::Reason => "",
    }
}
