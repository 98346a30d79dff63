//! A frame's envelope, from the words of `sync-core/docs/protocol.md`: header, and a message that is stored or deflated with the
//! preset dictionary.

use std::sync::LazyLock;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

const HEADER: [u8; 3] = [0xca, 0x1e, 1];
/// Bytes of the longest message that is taken apart.
const MESSAGE_BYTES_MAX: usize = 256 << 10;

fn dictionary() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let text = include_str!("../../../../vectors/wire/dictionary-1.hex");
        let digits: Vec<u8> = text.bytes().filter_map(|b| (b as char).to_digit(16)).map(|d| d as u8).collect();
        digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
    });
    &BYTES
}

/// The message of a frame, if there is one of a length worth taking apart.
#[must_use]
pub fn open(frame: &[u8]) -> Option<Vec<u8>> {
    let (header, body) = frame.split_at_checked(4)?;
    if header[..3] != HEADER {
        return None;
    }
    match header[3] {
        0 => Some(body.to_vec()).filter(|message| message.len() <= MESSAGE_BYTES_MAX),
        1 => {
            let mut engine = Decompress::new(false);
            engine.set_dictionary(dictionary()).ok()?;
            let mut message = Vec::with_capacity(MESSAGE_BYTES_MAX);
            let status = engine.decompress_vec(body, &mut message, FlushDecompress::Finish).ok()?;
            (status == Status::StreamEnd).then_some(message)
        }
        _ => None,
    }
}

/// A frame around a message, as it is.
#[must_use]
pub fn stored(message: &[u8]) -> Vec<u8> {
    [&HEADER, &[0][..], message].concat()
}

/// A frame around a message, deflated.
#[must_use]
pub fn deflated(message: &[u8]) -> Vec<u8> {
    let mut engine = Compress::new(Compression::fast(), false);
    let mut body = Vec::with_capacity(message.len() + 1_024);
    let done = engine.set_dictionary(dictionary()).is_ok()
        && matches!(engine.compress_vec(message, &mut body, FlushCompress::Finish), Ok(Status::StreamEnd));
    if done { [&HEADER, &[1][..], &body].concat() } else { stored(message) }
}
