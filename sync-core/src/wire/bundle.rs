//! A bundle: changes that travel by hand. Its head says whose they are; the changes are packed behind it, and refer to nothing that
//! the reader would have to know.

use alloc::vec::Vec;

use super::{
    BundleHead, InBundle, Opened, OutBundle, WireError,
    cbor::{Encoded, Encoder, put_clock},
    frame,
    pack::{Prelude, pack},
    request::{changes_of, message_of},
};
use crate::{id::ClockMs, limits::FRAME_BYTES_MAX};

/// The kind of the message.
pub(super) const BUNDLE: u64 = 3;

const CLOCK: u64 = 0;
const SERVER: u64 = 1;
const USER: u64 = 2;

/// Bytes of the length before each frame of a file.
const LENGTH_BYTES: usize = 4;

/// Writes a bundle.
#[must_use]
pub fn encode_bundle(bundle: &OutBundle) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    body(&mut encoder, bundle).expect("memory can be written to");
    frame::seal(encoder.writer())
}

fn body(e: &mut Encoder, OutBundle { head, groups }: &OutBundle) -> Encoded {
    e.array(if groups.is_empty() { 2 } else { 3 })?.u64(BUNDLE)?.map(if head.clock.0 == 0 { 2 } else { 3 })?;
    if head.clock.0 != 0 {
        put_clock(e.u64(CLOCK)?, head.clock.0)?;
    }
    e.u64(SERVER)?.bytes(&head.server_key)?.u64(USER)?.str(head.user.as_str())?;
    if !groups.is_empty() {
        e.bytes(&pack(groups, core::iter::empty(), head.clock))?;
    }
    Ok(())
}

/// Opens a bundle: everything but its changes is read and within limits.
///
/// # Errors
/// When the bytes are not a bundle, or go over a limit.
pub fn open_bundle(bytes: &[u8]) -> Result<Opened<BundleHead>, WireError> {
    let message = frame::open(bytes)?;
    let (mut clock, mut server, mut user) = (ClockMs(0), None, None);
    let (mut cbor, items) = message_of(&message, BUNDLE)?;
    cbor.map(|cbor, key| {
        match key {
            CLOCK => clock = ClockMs(cbor.clock("the clock")?),
            SERVER => server = Some(cbor.bytes_of("the server's key")?),
            USER => user = Some(cbor.name("the username")?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let (Some(server_key), Some(user)) = (server, user) else { return Err(cbor.malformed("whose the bundle is")) };
    let changes = changes_of(&mut cbor, items)?;
    let prelude = Prelude::read(&message[changes.clone()], &[])?;
    Ok(Opened { head: BundleHead { clock, server_key, user }, clock, message, changes, prelude })
}

impl Opened<BundleHead> {
    /// Rebuilds the changes.
    ///
    /// # Errors
    /// When the changes are malformed, go over a limit, refer to a position, or are not the ones that were written.
    pub fn rebuild(self) -> Result<InBundle, WireError> {
        let groups = self.groups(&|_, _| None)?;
        Ok(InBundle { head: self.head, groups })
    }
}

/// Frames as one file: before each stands its length, 4 bytes, big-endian.
#[must_use]
pub fn join_frames(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::with_capacity(frames.iter().map(|frame| LENGTH_BYTES + frame.len()).sum());
    for frame in frames {
        // A frame is far shorter than 4 GiB.
        file.extend_from_slice(&u32::try_from(frame.len()).unwrap_or(u32::MAX).to_be_bytes());
        file.extend_from_slice(frame);
    }
    file
}

/// The frames of a file.
///
/// # Errors
/// [`WireError::NotAFrame`] for a file that does not begin with a frame, [`WireError::Truncated`] for one that ends early, and
/// [`WireError::FrameTooLarge`].
pub fn split_frames(file: &[u8]) -> Result<Vec<&[u8]>, WireError> {
    let mut frames = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk::<LENGTH_BYTES>().ok_or(WireError::Truncated)?;
        if !behind.is_empty() && !behind.starts_with(&frame::MAGIC[..behind.len().min(frame::MAGIC.len())]) {
            return Err(WireError::NotAFrame);
        }
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > FRAME_BYTES_MAX {
            return Err(WireError::FrameTooLarge { max: FRAME_BYTES_MAX });
        }
        let (frame, behind) = behind.split_at_checked(length).ok_or(WireError::Truncated)?;
        frames.push(frame);
        rest = behind;
    }
    if frames.is_empty() { Err(WireError::NotAFrame) } else { Ok(frames) }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn a_file_of_frames_is_read_as_it_was_written() {
        let head = BundleHead { clock: ClockMs(5), server_key: [7; 32], user: "doctor-03".parse().unwrap() };
        let frame = encode_bundle(&OutBundle { head: head.clone(), groups: Vec::new() });
        let file = join_frames(&[frame.clone(), frame.clone()]);
        assert_eq!(split_frames(&file).unwrap(), [&frame, &frame]);
        assert_eq!(open_bundle(&frame).unwrap().rebuild().unwrap().head, head);
        for end in (0..file.len()).filter(|end| ![0, file.len() / 2].contains(end)) {
            assert_eq!(split_frames(&file[..end]), Err(WireError::Truncated), "cut to {end}");
        }
        for foreign in [&b""[..], b"PK\x03\x04\x14\0", b"{\"a\": 1}"] {
            assert_eq!(split_frames(foreign), Err(WireError::NotAFrame));
        }
        let declared = |length: usize| {
            let mut file = (length as u32).to_be_bytes().to_vec();
            file.extend_from_slice(&frame::MAGIC);
            split_frames(&file).unwrap_err()
        };
        assert_eq!(declared(FRAME_BYTES_MAX), WireError::Truncated);
        assert_eq!(declared(FRAME_BYTES_MAX + 1), WireError::FrameTooLarge { max: FRAME_BYTES_MAX });
    }
}
