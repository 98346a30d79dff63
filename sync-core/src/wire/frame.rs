//! The envelope: magic, version, dictionary, then the message, compressed unless that would make it longer.

use alloc::vec::Vec;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::{WireError, dictionary::DICTIONARY};
use crate::limits::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX};

/// The first two bytes of every frame; no text in any encoding begins so.
pub(super) const MAGIC: [u8; 2] = [0xca, 0x1e];
/// The version of the format.
pub(super) const VERSION: u8 = 1;
/// The message follows as it is.
pub(super) const STORED: u8 = 0;
/// The message follows as one raw DEFLATE stream with the preset dictionary 1.
pub(super) const DICTIONARY_1: u8 = 1;
/// Bytes before the message.
const HEADER_BYTES: usize = 4;

/// Wraps a message into a frame.
pub(super) fn seal(message: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(message.len() / 2 + 64);
    frame.extend_from_slice(&MAGIC);
    frame.push(VERSION);
    match deflate(message) {
        Some(body) if body.len() < message.len() => {
            frame.push(DICTIONARY_1);
            frame.extend_from_slice(&body);
        }
        _ => {
            frame.push(STORED);
            frame.extend_from_slice(message);
        }
    }
    frame
}

/// The message of a frame.
pub(super) fn open(frame: &[u8]) -> Result<Vec<u8>, WireError> {
    if frame.len() > FRAME_BYTES_MAX {
        return Err(WireError::FrameTooLarge { max: FRAME_BYTES_MAX });
    }
    if !frame.iter().zip(&MAGIC).all(|(a, b)| a == b) {
        return Err(WireError::NotAFrame);
    }
    let Some((header, body)) = frame.split_at_checked(HEADER_BYTES) else { return Err(WireError::Truncated) };
    if header[2] != VERSION {
        return Err(WireError::UnsupportedVersion { version: header[2] });
    }
    match header[3] {
        STORED => Ok(body.to_vec()),
        DICTIONARY_1 => inflate(body),
        id => Err(WireError::UnknownDictionary { id }),
    }
}

fn deflate(message: &[u8]) -> Option<Vec<u8>> {
    let mut engine = Compress::new(Compression::best(), false);
    engine.set_dictionary(&DICTIONARY).ok()?;
    let mut out = Vec::with_capacity(message.len() / 2 + 64);
    loop {
        let done = engine.total_in() as usize;
        match engine.compress_vec(&message[done..], &mut out, FlushCompress::Finish).ok()? {
            Status::StreamEnd => return Some(out),
            Status::Ok | Status::BufError => out.reserve(out.capacity().max(64)),
        }
    }
}

fn inflate(body: &[u8]) -> Result<Vec<u8>, WireError> {
    let broken = |at: u64| WireError::Malformed { what: "the compressed stream", at: at as usize };
    let mut engine = Decompress::new(false);
    engine.set_dictionary(&DICTIONARY).map_err(|_| broken(0))?;
    let mut out = Vec::with_capacity((4 * body.len()).clamp(256, MESSAGE_BYTES_MAX + 1));
    loop {
        let (read, written) = (engine.total_in() as usize, out.len());
        let status = engine.decompress_vec(&body[read..], &mut out, FlushDecompress::None);
        let status = status.map_err(|_| broken(engine.total_out()))?;
        if out.len() > MESSAGE_BYTES_MAX {
            return Err(WireError::MessageTooLarge { max: MESSAGE_BYTES_MAX });
        }
        let read_now = engine.total_in() as usize;
        match status {
            Status::StreamEnd if read_now == body.len() => return Ok(out),
            Status::StreamEnd => return Err(broken(engine.total_out())),
            // Neither read nor written although there was room: the stream goes on beyond its bytes.
            _ if read_now == read && out.len() == written && out.capacity() > written => {
                return Err(WireError::Truncated);
            }
            _ => {}
        }
        if out.len() == out.capacity() {
            out.reserve_exact(out.capacity().min(MESSAGE_BYTES_MAX + 1 - out.len()).max(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_message_comes_back_and_is_never_longer_than_stored() {
        let mut noise = 1u32;
        let noise = core::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        });
        let noise: Vec<u8> = noise.take(70_000).collect();
        for message in [&[][..], b"a", "嘎托镇卫生院".as_bytes(), &[7; 100_000], &noise] {
            let frame = seal(message);
            assert!(frame.len() <= message.len() + HEADER_BYTES);
            assert_eq!(open(&frame).unwrap(), message);
        }
        assert_eq!(seal("clinic.outreach".as_bytes())[3], DICTIONARY_1);
        // Five bytes of which compression makes five others.
        let mut fives = DICTIONARY.windows(4).map(|words| [&[0xff][..], words].concat());
        let same = fives.find(|message| deflate(message).is_some_and(|body| body.len() == message.len()));
        assert_eq!(seal(&same.expect("there are such"))[3], STORED);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let frame = seal(&vec![0; MESSAGE_BYTES_MAX]);
        assert_eq!(open(&frame).unwrap().len(), MESSAGE_BYTES_MAX);
        let frame = seal(&vec![0; 30 * MESSAGE_BYTES_MAX]);
        assert!(frame.len() < FRAME_BYTES_MAX);
        assert_eq!(open(&frame), Err(WireError::MessageTooLarge { max: MESSAGE_BYTES_MAX }));
        assert_eq!(open(&vec![0xca; FRAME_BYTES_MAX + 1]), Err(WireError::FrameTooLarge { max: FRAME_BYTES_MAX }));
        assert_eq!(open(&vec![0xca; FRAME_BYTES_MAX]), Err(WireError::NotAFrame));
    }

    #[test]
    fn headers_and_streams_are_checked() {
        let mut frame = seal(&[5; 300]);
        for end in 0..frame.len() {
            assert_eq!(open(&frame[..end]), Err(WireError::Truncated), "{end}");
        }
        frame.push(0);
        assert!(matches!(open(&frame), Err(WireError::Malformed { .. })));
        assert_eq!(open(b"<html>"), Err(WireError::NotAFrame));
        assert_eq!(open(&[0xca, 0x1e, 2, 0]), Err(WireError::UnsupportedVersion { version: 2 }));
        assert_eq!(open(&[0xca, 0x1e, 1, 9]), Err(WireError::UnknownDictionary { id: 9 }));
        assert!(matches!(open(&[0xca, 0x1e, 1, 1, 0xff, 0xff]), Err(WireError::Malformed { .. })));
    }
}
