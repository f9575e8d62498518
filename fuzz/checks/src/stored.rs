//! What a store gives back: bodies, private items, heads and instants.

use caseload::{
    body::Body,
    log::{Hash, Head, PrivateItems, Recorded},
};

/// A body that can be read is written the same way ever after.
pub fn body(bytes: &[u8]) {
    let Ok(body) = Body::decode(1, bytes) else { return };
    let written = body.encode();
    let again = written.as_ref().ok().and_then(|bytes| Body::decode(1, bytes).ok());
    assert_eq!(again.as_ref(), Some(&body), "a body must be read back as it was");
    assert_eq!(again.and_then(|body| body.encode().ok()), written.ok());
}

/// Items that can be read are packed as they were; an erased one leaves its digest and nothing else.
pub fn private_items(bytes: &[u8]) {
    let Ok(items) = PrivateItems::unpack(bytes) else {
        assert!(PrivateItems::erase(bytes, &[0]).is_err());
        return;
    };
    assert_eq!(items.pack(), bytes);
    assert_eq!(PrivateItems::erase(bytes, &[]).ok().as_deref(), Some(bytes));
    // Every second one, one twice and one that is not there.
    let which: Vec<u32> = (0..=u32::try_from(items.len()).unwrap_or(u32::MAX)).step_by(2).collect();
    let which: Vec<u32> = which.iter().chain(which.first()).copied().collect();
    let erased = PrivateItems::erase(bytes, &which).unwrap_or_default();
    let left = PrivateItems::unpack(&erased).unwrap_or_default();
    assert_eq!((left.len(), left.digest()), (items.len(), items.digest()));
    for index in 0..items.len() {
        let kept = if index % 2 == 0 { None } else { items.text(index) };
        assert_eq!(left.text(index), kept);
    }
    assert_eq!(PrivateItems::erase(&erased, &which).ok(), Some(erased));
}

/// Heads, hashes and instants are read back from what they are written as.
pub fn head(bytes: &[u8]) {
    assert_eq!(Hash::from_slice(bytes).is_some(), bytes.len() == 32);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(hash) = text.parse::<Hash>() {
        assert_eq!(hash.to_string(), text.to_ascii_lowercase());
        assert_eq!(Hash::from_slice(hash.as_bytes()), Some(hash));
    }
    if let Ok(head) = text.parse::<Head>() {
        assert_eq!(head.to_string().parse::<Head>().ok(), Some(head));
        assert!(text.starts_with(|first: char| first.is_ascii_digit()), "a position is digits");
    }
    if let Ok(instant) = text.parse::<Recorded>() {
        assert_eq!(instant.to_string().parse::<Recorded>().ok(), Some(instant));
        assert!(Recorded::after(instant, instant) > instant);
    }
}
