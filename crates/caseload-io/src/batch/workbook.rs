//! The rows of an Excel workbook, a cell at a time.

use std::io::{BufReader, Read, Seek, SeekFrom};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use zip::ZipArchive;

use super::{
    FileKind, FileProblem,
    cell::{Cell, Epoch, NoDay, day_of_iso},
    column::Layout,
    file::{ReadSeek, Rows},
    row::RawRow,
};

/// The most bytes of a part that is kept in memory, unpacked: the shared texts, above all.
const MAX_PART: u64 = 256 << 20;
/// The most bytes of a worksheet, which is read a cell at a time. A full one of ten columns has half of it.
const MAX_SHEET: u64 = 2 << 30;
/// A part that is larger than this may not have been packed smaller than this many times over, as only
/// one does that is made to fill the memory.
const UNSUSPECTED: u64 = 64 << 20;
const MAX_RATIO: u64 = 200;

type Input = BufReader<Box<dyn ReadSeek>>;

/// A workbook and the worksheet of it that is read.
pub(super) struct Workbook {
    book: Xlsx<Input>,
    sheet: String,
}

impl Workbook {
    /// Opens a workbook and reads the header of the sheet with this name, or of the first sheet that has one.
    pub(super) fn open(
        input: Box<dyn ReadSeek>,
        named: Option<&str>,
    ) -> Result<(Workbook, Vec<String>), FileProblem> {
        let mut input = BufReader::new(input);
        check_package(&mut input)?;
        input.seek(SeekFrom::Start(0))?;
        let book = Xlsx::new(input).map_err(|error| damaged(&error, None))?;
        let sheets = candidates(&book, named);
        let mut book = Workbook { book, sheet: String::new() };
        let mut first = None;
        for sheet in sheets {
            book.sheet = sheet;
            let header = book.header()?;
            if Layout::known(&header) > 0 {
                return Ok((book, header));
            }
            first.get_or_insert(header);
        }
        match first {
            None => Err(FileProblem::NoSheet),
            Some(header) if header.is_empty() => Err(FileProblem::Empty),
            Some(_) => Err(FileProblem::HeaderMissing),
        }
    }

    fn header(&mut self) -> Result<Vec<String>, FileProblem> {
        let Some(row) = self.all_rows()?.next()? else { return Ok(Vec::new()) };
        let cells = row.cells.unwrap_or_default();
        Ok(cells.iter().map(|cell| cell.as_text().ok().flatten().unwrap_or_default()).collect())
    }

    fn all_rows(&mut self) -> Result<SheetRows<'_>, FileProblem> {
        let epoch = if self.book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
        let cells = self.book.worksheet_cells_reader(&self.sheet);
        let cells = cells.map_err(|error| damaged(&error, None))?;
        let total = u64::from(cells.dimensions().end.0) + 1;
        Ok(SheetRows { cells, epoch, ahead: None, over: false, row: 0, total })
    }

    /// The rows below the header.
    pub(super) fn rows(&mut self) -> Result<impl Rows + '_, FileProblem> {
        let mut rows = self.all_rows()?;
        rows.next()?;
        Ok(rows)
    }
}

impl std::fmt::Debug for Workbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbook").field("sheet", &self.sheet).finish_non_exhaustive()
    }
}

/// The sheet that was asked for, or every one that people see.
fn candidates(book: &Xlsx<Input>, named: Option<&str>) -> Vec<String> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let wanted = sheets.filter(|sheet| match named {
        Some(name) => sheet.name == name,
        None => sheet.visible == SheetVisible::Visible,
    });
    wanted.map(|sheet| sheet.name.clone()).collect()
}

struct SheetRows<'a> {
    cells: XlsxCellReader<'a, Input>,
    epoch: Epoch,
    /// The first cell of the next row, which was read to see that the last one was over.
    ahead: Option<(u32, u32, Cell)>,
    /// The last cell was read: what comes behind it is no cell.
    over: bool,
    row: u64,
    total: u64,
}

impl SheetRows<'_> {
    fn next_cell(&mut self) -> Result<Option<(u32, u32, Cell)>, FileProblem> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        if self.over {
            return Ok(None);
        }
        let after_row = Some(self.row).filter(|row| *row > 0);
        let cell = self.cells.next_cell().map_err(|error| damaged(&error, after_row))?;
        self.over = cell.is_none();
        Ok(cell.map(|cell| {
            let (row, column) = cell.get_position();
            (row, column, read(cell.get_value(), self.epoch))
        }))
    }

    /// The cells of the next row that has any.
    fn next_row(&mut self) -> Result<Option<Vec<Cell>>, FileProblem> {
        let Some((row, column, cell)) = self.next_cell()? else { return Ok(None) };
        let number = u64::from(row) + 1;
        if number <= self.row {
            return Err(FileProblem::Damaged { after_row: Some(self.row) });
        }
        let mut cells = Vec::new();
        put(&mut cells, column, cell);
        loop {
            match self.next_cell()? {
                Some((same, column, cell)) if same == row => put(&mut cells, column, cell),
                other => {
                    self.ahead = other;
                    self.row = number;
                    return Ok(Some(cells));
                }
            }
        }
    }
}

impl Rows for SheetRows<'_> {
    fn next(&mut self) -> Result<Option<RawRow>, FileProblem> {
        while let Some(cells) = self.next_row()? {
            if !cells.iter().all(Cell::is_blank) {
                return Ok(Some(RawRow { number: self.row, line: None, cells: Ok(cells) }));
            }
        }
        Ok(None)
    }

    fn at(&self) -> u64 {
        self.row
    }

    fn so_far(&self) -> (u64, u64) {
        (self.row, self.total.max(self.row))
    }
}

/// Puts a cell in its column; a blank one takes no place.
fn put(cells: &mut Vec<Cell>, column: u32, cell: Cell) {
    let column = column as usize;
    if cell.is_blank() {
        return;
    }
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(place) = cells.get_mut(column) {
        *place = cell;
    }
}

fn read(value: &DataRef<'_>, epoch: Epoch) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        #[expect(clippy::cast_precision_loss, reason = "one that is not exact is refused as an id")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::DateTime(date) if date.is_datetime() => Cell::serial(date.as_f64(), epoch),
        DataRef::DateTime(_) | DataRef::DurationIso(_) => Cell::Date(Err(NoDay::Time)),
        DataRef::DateTimeIso(text) => Cell::Date(day_of_iso(text)),
        DataRef::Bool(_) => Cell::Truth,
        DataRef::Error(_) => Cell::Error,
    }
}

/// The cause is left out: its text may hold what stands in a cell.
const fn damaged(error: &XlsxError, after_row: Option<u64>) -> FileProblem {
    match error {
        XlsxError::Password => FileProblem::Password,
        _ => FileProblem::Damaged { after_row },
    }
}

/// What is told of the parts before any of them is unpacked. Nothing is unpacked beyond the size that is told.
fn check_package(input: &mut Input) -> Result<(), FileProblem> {
    let nothing_read = FileProblem::Damaged { after_row: None };
    let Ok(mut archive) = ZipArchive::new(input) else { return Err(nothing_read) };
    let has = |archive: &ZipArchive<_>, name| archive.index_for_name(name).is_some();
    if has(&archive, "xl/workbook.bin") {
        return Err(FileProblem::Kind { found: FileKind::Xlsb });
    }
    if has(&archive, "mimetype") {
        return Err(FileProblem::Kind { found: FileKind::Ods });
    }
    if !has(&archive, "[Content_Types].xml") {
        return Err(FileProblem::Kind { found: FileKind::Zip });
    }
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(index) else { return Err(nothing_read) };
        let is_sheet = part.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        let max = if is_sheet { MAX_SHEET } else { MAX_PART };
        let packed_most =
            part.size() > UNSUSPECTED && part.size() / part.compressed_size().max(1) > MAX_RATIO;
        if part.size() > max || packed_most {
            return Err(FileProblem::TooLarge { max });
        }
    }
    Ok(())
}

/// What stands in a container that older Excel and passwords have in common.
pub(super) fn kind_of_archive(input: impl Read + Seek) -> FileProblem {
    match Xlsx::new(BufReader::new(input)) {
        Err(XlsxError::Password) => FileProblem::Password,
        _ => FileProblem::Kind { found: FileKind::Xls },
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn problem(bytes: Vec<u8>) -> FileProblem {
        Workbook::open(Box::new(Cursor::new(bytes)), None).map(|_| ()).unwrap_err()
    }

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn other_archives_are_named() {
        let kind = |name| problem(archive(&[(name, b"")])).to_string();
        assert!(kind("mimetype").contains(".ods"));
        assert!(kind("xl/workbook.bin").contains(".xlsb"));
        assert!(kind("letter.txt").contains("zip archive"));
    }

    #[test]
    fn a_part_that_would_fill_the_memory_is_not_unpacked() {
        let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
        let zeros = vec![b' '; 65 << 20];
        let bomb = archive(&[types, ("xl/sharedStrings.xml", &zeros)]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(problem(bomb).code(), "batch-file-too-large");
    }

    #[test]
    fn a_damaged_archive_is_damaged() {
        assert_eq!(problem(b"PK\x03\x04 and then nothing".to_vec()).code(), "batch-file-damaged");
        let no_book = archive(&[("[Content_Types].xml", b"<Types/>")]);
        assert_eq!(problem(no_book).code(), "batch-file-damaged");
    }
}
