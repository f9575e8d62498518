//! The rows of a CSV, one at a time and none larger than it may be.

use std::io::{Read, Seek, SeekFrom};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    FileProblem,
    cell::Cell,
    column::Layout,
    file::{ReadSeek, Rows},
    row::{Broken, Flaw, RawRow},
};

/// The most bytes of one row, quotes apart.
const MAX_ROW_BYTES: usize = 64 * 1024;
/// The most values of one row.
const MAX_VALUES: usize = 256;
/// How much is read at a time.
const BLOCK: usize = 64 * 1024;

/// What may stand between values: whichever gives the header most known columns.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The rows of a CSV.
pub(super) struct CsvRows {
    input: Box<dyn ReadSeek>,
    core: Reader,
    separator: u8,
    block: Vec<u8>,
    /// What of the block is not used yet.
    from: usize,
    to: usize,
    /// Bytes read so far, and all of them.
    done: u64,
    total: u64,
    row: u64,
    /// The last row ended with `\r`, so that a `\n` belongs to it.
    after_return: bool,
    values: Vec<u8>,
    ends: Vec<usize>,
    /// How many values a row has; told by the header.
    width: usize,
}

/// What the reader saw of a row besides its values.
#[derive(Default)]
struct Seen {
    values: usize,
    quotes: usize,
    breaks: u64,
    too_large: Option<usize>,
    too_many: bool,
    at_end: bool,
}

impl CsvRows {
    /// Opens a CSV and reads its header.
    pub(super) fn open(
        mut input: Box<dyn ReadSeek>,
    ) -> Result<(CsvRows, Vec<String>), FileProblem> {
        let total = input.seek(SeekFrom::End(0))?;
        let mut rows = CsvRows {
            input,
            core: Reader::new(),
            separator: b',',
            block: vec![0; BLOCK],
            from: 0,
            to: 0,
            done: 0,
            total,
            row: 0,
            after_return: false,
            values: vec![0; MAX_ROW_BYTES],
            ends: vec![0; MAX_VALUES],
            width: 0,
        };
        let mut best: Option<(u8, usize)> = None;
        for separator in SEPARATORS {
            rows.start(separator)?;
            let known = Layout::known(&rows.header()?);
            if best.is_none_or(|(_, most)| known > most) {
                best = Some((separator, known));
            }
        }
        rows.start(best.map_or(b',', |(separator, _)| separator))?;
        let header = rows.header()?;
        rows.width = header.len();
        Ok((rows, header))
    }

    /// Goes to the start, behind a byte order mark.
    fn start(&mut self, separator: u8) -> Result<(), FileProblem> {
        self.input.seek(SeekFrom::Start(0))?;
        self.core = ReaderBuilder::new().delimiter(separator).build();
        self.separator = separator;
        (self.from, self.to, self.done, self.row) = (0, 0, 0, 0);
        self.after_return = false;
        let start = self.peek_block()?;
        if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
            return Err(FileProblem::Encoding);
        }
        if start.starts_with(b"\xEF\xBB\xBF") {
            self.from += 3;
        }
        Ok(())
    }

    fn header(&mut self) -> Result<Vec<String>, FileProblem> {
        let row = self.next_row()?.ok_or(FileProblem::Empty)?;
        let cells = row.cells.map_err(|_| FileProblem::HeaderMissing)?;
        Ok(cells.iter().map(|cell| cell.as_text().ok().flatten().unwrap_or_default()).collect())
    }

    /// What is not used yet of the block, read anew where there is nothing left; empty at the end.
    fn peek_block(&mut self) -> Result<&[u8], FileProblem> {
        if self.from >= self.to {
            self.from = 0;
            self.to = 0;
            // A reader may give less than asked for, and a mark of three bytes is looked at whole.
            while self.to < BLOCK {
                let free = self.block.get_mut(self.to..).unwrap_or_default();
                match self.input.read(free)? {
                    0 => break,
                    read => self.to += read,
                }
            }
            self.done += self.to as u64;
        }
        Ok(self.block.get(self.from..self.to).unwrap_or_default())
    }

    /// Passes over empty lines, each of which a spreadsheet shows as a row.
    fn pass_breaks(&mut self) -> Result<(), FileProblem> {
        loop {
            let Some(byte) = self.peek_block()?.first().copied() else { return Ok(()) };
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' => self.row += 1,
                b'\r' => {
                    self.row += 1;
                    self.after_return = true;
                }
                _ => return Ok(()),
            }
            self.core.set_line(self.core.line() + u64::from(byte == b'\n'));
            self.from += 1;
        }
    }

    fn next_row(&mut self) -> Result<Option<RawRow>, FileProblem> {
        loop {
            self.pass_breaks()?;
            let line = self.core.line();
            let Some(seen) = self.read_record()? else { return Ok(None) };
            self.row += 1;
            let cells = self.cells(&seen);
            if !matches!(&cells, Ok(cells) if cells.iter().all(Cell::is_blank)) {
                return Ok(Some(RawRow { number: self.row, line: Some(line), cells }));
            }
        }
    }

    /// Reads one record into `values` and `ends`; what does not fit there is read and let go.
    fn read_record(&mut self) -> Result<Option<Seen>, FileProblem> {
        let mut seen = Seen::default();
        let (mut filled, mut ended) = (0, 0);
        let mut last = None;
        loop {
            self.peek_block()?;
            let input = self.block.get(self.from..self.to).unwrap_or_default();
            let (result, used, written, told) = self.core.read_record(
                input,
                self.values.get_mut(filled..).unwrap_or_default(),
                self.ends.get_mut(ended..).unwrap_or_default(),
            );
            seen.at_end = input.is_empty();
            for &byte in input.get(..used).unwrap_or_default() {
                seen.quotes += usize::from(byte == b'"');
                seen.breaks += u64::from(byte == b'\n');
                last = Some(byte);
            }
            self.from += used;
            filled += written;
            ended += told;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    seen.too_large = seen.too_large.or(Some(ended));
                    filled = 0;
                }
                ReadRecordResult::OutputEndsFull => {
                    seen.too_many = true;
                    ended = 0;
                }
                ReadRecordResult::Record => {
                    self.after_return = last == Some(b'\r');
                    seen.values = ended;
                    return Ok(Some(seen));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// The cells of the record that was read, if they can be trusted to stand under their names.
    fn cells(&self, seen: &Seen) -> Result<Vec<Cell>, Broken> {
        // The reader takes a quote that is never closed as closed at the end of the file.
        if seen.at_end && seen.quotes % 2 == 1 && seen.breaks > 0 {
            return Err(Broken { flaw: Flaw::UnclosedQuote, place: None });
        }
        if let Some(place) = seen.too_large {
            return Err(Broken { flaw: Flaw::TooLarge, place: Some(place) });
        }
        if seen.too_many {
            let flaw = Flaw::RowLength { found: MAX_VALUES, expected: self.width };
            return Err(Broken { flaw, place: None });
        }
        let mut cells = Vec::with_capacity(seen.values);
        let mut from = 0;
        for &end in self.ends.iter().take(seen.values) {
            cells.push(Cell::bytes(self.values.get(from..end).unwrap_or_default()));
            from = end;
        }
        let blank_behind = cells.iter().skip(self.width).all(Cell::is_blank);
        let whole = cells.len() >= self.width && blank_behind;
        if self.width > 0 && !whole && !cells.iter().all(Cell::is_blank) {
            let flaw = Flaw::RowLength { found: cells.len(), expected: self.width };
            return Err(Broken { flaw, place: None });
        }
        Ok(cells)
    }
}

impl std::fmt::Debug for CsvRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvRows").field("row", &self.row).finish_non_exhaustive()
    }
}

impl Rows for CsvRows {
    fn next(&mut self) -> Result<Option<RawRow>, FileProblem> {
        self.next_row()
    }

    fn at(&self) -> u64 {
        self.row
    }

    fn so_far(&self) -> (u64, u64) {
        (self.done, self.total)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const HEADER: &str = "Participant ID,Program,Staff,Start\n";

    fn rows(text: &[u8]) -> (CsvRows, Vec<RawRow>) {
        let (mut rows, _) = CsvRows::open(Box::new(Cursor::new(text.to_vec()))).unwrap();
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            all.push(row);
        }
        (rows, all)
    }

    fn places(text: &str) -> Vec<(u64, u64, &'static str)> {
        let (_, all) = rows(text.as_bytes());
        all.iter()
            .map(|row| {
                let code = row.cells.as_ref().map_or_else(
                    |broken| match broken.flaw {
                        Flaw::RowLength { .. } => "length",
                        Flaw::UnclosedQuote => "quote",
                        Flaw::TooLarge => "large",
                        _ => "other",
                    },
                    |_| "ok",
                );
                (row.number, row.line.unwrap(), code)
            })
            .collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does_and_lines_as_an_editor_does() {
        let text = format!("{HEADER}a,b,c,d\n\n\n\"two\nlines\",b,c,d\n,,,\ne,f,g,h\n\n");
        assert_eq!(places(&text), [(2, 2, "ok"), (5, 5, "ok"), (7, 8, "ok")]);
        assert_eq!(places(&text.replace('\n', "\r\n")), [(2, 2, "ok"), (5, 5, "ok"), (7, 8, "ok")]);
        assert_eq!(places(&text.replace('\n', "\r")).last().map(|place| place.0), Some(7));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text_and_utf_16_is_refused() {
        let text = format!("\u{feff}{HEADER}a,b,c,d");
        assert_eq!(places(&text), [(2, 2, "ok")]);
        let utf16 = CsvRows::open(Box::new(Cursor::new(b"\xFF\xFEP\0".to_vec())));
        assert_eq!(utf16.unwrap_err().code(), "batch-encoding");
    }

    #[test]
    fn the_separator_is_the_one_that_tells_the_columns_apart() {
        for separator in [';', '\t'] {
            let text = format!("{HEADER}a,b,c,d\n").replace(',', &separator.to_string());
            let (reader, all) = rows(text.as_bytes());
            assert_eq!(reader.separator, separator as u8);
            assert_eq!(all[0].cells.as_ref().unwrap().len(), 4);
        }
    }

    #[test]
    fn a_row_that_cannot_be_trusted_is_a_problem_of_its_own() {
        let text = format!("{HEADER}a,b\na,b,c,d,,\na,b,c,d,e\n5\" pipe,b,c,d\na,\"b,c,d\ne,f\n");
        let found: Vec<_> = places(&text).into_iter().map(|place| place.2).collect();
        assert_eq!(found, ["length", "ok", "length", "ok", "quote"]);
    }

    #[test]
    fn a_huge_cell_is_read_past_and_named() {
        let huge = "x".repeat(50 * 1024 * 1024);
        let text = format!("{HEADER}a,b,c,d\na,{huge},c,d\ne,f,g,h\n");
        let (reader, all) = rows(text.as_bytes());
        let broken = all[1].cells.as_ref().unwrap_err();
        assert_eq!((broken.flaw, broken.place), (Flaw::TooLarge, Some(1)));
        assert_eq!((all.len(), all[2].number), (3, 4));
        assert!(all[2].cells.is_ok());
        assert_eq!(reader.values.len(), MAX_ROW_BYTES);
    }

    #[test]
    fn endless_values_are_read_past() {
        let text = format!("{HEADER}{}\na,b,c,d\n", ",x".repeat(10_000));
        assert_eq!(places(&text).iter().map(|place| place.2).collect::<Vec<_>>(), ["length", "ok"]);
    }
}
