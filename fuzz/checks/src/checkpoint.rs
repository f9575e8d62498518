//! Checkpoints: bytes beside the log that anybody may have written.

use std::sync::{Arc, Mutex, PoisonError};

use caseload::{
    Agency, Checkpoint, CheckpointBytes, Flow, MemoryLog, Opening, StoreError, jsonl::Replay,
};

use crate::{
    entry::{ask_everything, entries_before},
    lines::empty_log,
};

/// A checkpoint in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<Vec<u8>>>>);

impl Kept {
    fn put(&self, bytes: Option<Vec<u8>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }

    fn get(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Checkpoint for Kept {
    fn read(&self) -> Result<Option<CheckpointBytes>, StoreError> {
        Ok(self.get().map(CheckpointBytes::from))
    }

    fn write(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.put(Some(bytes.to_vec()));
        Ok(())
    }

    fn remove(&self) -> Result<(), StoreError> {
        self.put(None);
        Ok(())
    }
}

fn log_before() -> MemoryLog {
    let log = empty_log();
    log.restore(entries_before());
    log
}

fn opened_with(log: MemoryLog, checkpoint: Option<Vec<u8>>) -> Option<Agency> {
    let kept = Kept::default();
    kept.put(checkpoint);
    let agency = Opening::default().checkpoint(kept).open(log, &mut |_| Flow::Continue);
    assert!(agency.is_ok(), "a checkpoint kept an agency from opening: {agency:?}");
    agency.ok()
}

fn state(agency: Option<Agency>) -> Option<String> {
    agency.and_then(|agency| Replay::new(agency).line(r#"{"ask":"state"}"#))
}

/// Whatever lies where the checkpoint was, the agency opens and answers as it does without one.
///
/// The bytes are taken as they are, and written over a checkpoint that was whole.
pub fn checkpoint(bytes: &[u8]) {
    let expected = state(opened_with(log_before(), None));
    assert_eq!(state(opened_with(log_before(), Some(bytes.to_vec()))), expected);
    let mut torn = whole();
    let length = torn.len();
    for (place, byte) in torn.iter_mut().skip(bytes.len() * 31 % length).zip(bytes) {
        *place = *byte;
    }
    assert_eq!(state(opened_with(log_before(), Some(torn))), expected);
}

/// As [`checkpoint`], and the sum is right all the same: such bytes were made on purpose. What is
/// answered then is worth nothing, and still no reader may panic, run wild or keep the agency shut.
///
/// The input is a list of changes, three bytes each: a place (two bytes) and what stands there.
pub fn resealed_checkpoint(bytes: &[u8]) {
    let mut changed = whole();
    let sum = changed.len() - 4;
    for change in bytes.as_chunks::<3>().0 {
        let [low, high, byte] = *change;
        let place = usize::from(u16::from_le_bytes([low, high])) % sum;
        if let Some(place) = changed.get_mut(place) {
            *place = byte;
        }
    }
    let seal = crc32fast::hash(changed.get(..sum).unwrap_or_default()).to_le_bytes();
    changed.truncate(sum);
    changed.extend_from_slice(&seal);
    if let Some(agency) = opened_with(log_before(), Some(changed)) {
        ask_everything(&agency);
    }
}

/// A checkpoint as the library writes it.
fn whole() -> Vec<u8> {
    let kept = Kept::default();
    let agency =
        Opening::default().checkpoint(kept.clone()).open(log_before(), &mut |_| Flow::Continue);
    assert!(agency.is_ok_and(|agency| agency.keep_checkpoint().is_ok()));
    let bytes = kept.get().unwrap_or_default();
    assert!(bytes.len() > 500, "a checkpoint was written");
    bytes
}
