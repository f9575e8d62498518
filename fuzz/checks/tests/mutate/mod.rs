//! Mutations of seeds: bytes, runs of bytes, and words that the seeds know.

use std::collections::{BTreeMap, BTreeSet};

/// Pieces at which numbers, texts and formats tend to break.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\x01",
    b"\x02",
    b"\x7F",
    b"\x80",
    b"\xFF",
    b"\"",
    b"\\",
    b"\n",
    b"-",
    b"9",
    b":",
    "\u{e9}".as_bytes(),
    "\u{3000}".as_bytes(),
    b"4294967295",
    b"\xFF\xFF\xFF\xFF",
];
/// The longest input made.
const LONGEST: usize = 16 * 1024;

/// Makes one input after the other from a corpus; the same ones for the same name and seeds.
pub(crate) struct Mutator<'a> {
    seeds: &'a [Vec<u8>],
    /// The words of all seeds by their shape.
    words: BTreeMap<Shape, Vec<&'a [u8]>>,
    random: Random,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(name: &str, seeds: &'a [Vec<u8>]) -> Mutator<'a> {
        let known = seeds.iter().flat_map(|seed| words(seed)).chain(PIECES);
        let mut words = BTreeMap::<Shape, Vec<&[u8]>>::new();
        for word in known.collect::<BTreeSet<_>>() {
            words.entry(Shape::of(word)).or_default().push(word);
        }
        let start = name.bytes().fold(0xCBF2_9CE4_8422_2325, |sum: u64, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        Mutator { seeds, words, random: Random(start) }
    }

    /// A seed with a handful of changes.
    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..=self.random.below(5) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn seed(&mut self) -> &'a [u8] {
        &self.seeds[self.random.below(self.seeds.len())]
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len() + 1);
        let end = (at + 1 + self.random.below(16)).min(input.len());
        match self.random.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.random.below(8),
            1 => self.put(input, at, at + 1),
            2 => self.put(input, at, at),
            3 => drop(input.drain(at..end)),
            4 => drop(input.splice(at..at, input[at..end].repeat(2))),
            5 => self.splice_in(input, at),
            _ => self.exchange_a_word(input),
        }
    }

    /// A piece in place of what is there.
    fn put(&mut self, input: &mut Vec<u8>, at: usize, end: usize) {
        let piece = PIECES[self.random.below(PIECES.len())];
        input.splice(at..end.min(input.len()), piece.iter().copied());
    }

    /// What follows a place comes from another seed.
    fn splice_in(&mut self, input: &mut Vec<u8>, at: usize) {
        let other = self.seed();
        let from = self.random.below(other.len() + 1);
        input.truncate(at);
        input.extend_from_slice(&other[from..]);
    }

    /// A word gives way to another one of the corpus: a number to a number, a day to a day, so that
    /// much of what comes out can still be read.
    fn exchange_a_word(&mut self, input: &mut Vec<u8>) {
        let places: Vec<(usize, usize)> = words(input)
            .map(|word| (word.as_ptr() as usize - input.as_ptr() as usize, word.len()))
            .collect();
        if places.is_empty() {
            return;
        }
        let (at, len) = places[self.random.below(places.len())];
        let alike = self.words.get(&Shape::of(&input[at..at + len])).map_or(&[][..], Vec::as_slice);
        if !alike.is_empty() {
            let word = alike[self.random.below(alike.len())];
            input.splice(at..at + len, word.iter().copied());
        }
    }
}

/// What may stand where a word stood.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Number,
    Day,
    Other,
}

impl Shape {
    fn of(word: &[u8]) -> Shape {
        let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        match (digits, word.len()) {
            (8, 10) => Shape::Day,
            (digits, len) if digits == len => Shape::Number,
            _ => Shape::Other,
        }
    }
}

/// Runs of letters, digits and what stands between them in names and days.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let part = |byte: &u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    text.split(part).filter(|word| !word.is_empty() && word.len() < 200)
}

/// Numbers that are random enough (xorshift*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or_default() % bound.max(1)
    }
}
