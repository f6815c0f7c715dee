//! Frames from a kit, bounded before they are read.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::event::Violation;
use crate::protocol::Frame;

/// A body is read in steps of so many bytes: what is only announced takes no memory.
const STEP: usize = 64 << 10;

/// Why there is no further frame.
#[derive(Debug, thiserror::Error)]
pub(super) enum End {
    /// The kit has ended.
    #[error("it has ended")]
    Gone,
    #[error(transparent)]
    Violation(#[from] Violation),
    #[error(transparent)]
    Io(std::io::Error),
}

impl From<std::io::Error> for End {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Self::Gone,
            _ => Self::Io(error),
        }
    }
}

/// The next head.
pub(super) async fn head(from: &mut (impl AsyncRead + Unpin)) -> Result<Frame, End> {
    let mut head = [0; Frame::HEAD];
    from.read_exact(&mut head).await?;
    Ok(Frame::read(head).ok_or(Violation("a frame of no kind"))?)
}

/// The body after a head, if it is no longer than `longest`, in a buffer that is used again.
pub(super) async fn body<'b>(
    from: &mut (impl AsyncRead + Unpin),
    frame: Frame,
    longest: usize,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8], End> {
    if frame.length > longest {
        return Err(Violation("a frame that is too long").into());
    }
    buffer.clear();
    buffer.shrink_to(STEP);
    while buffer.len() < frame.length {
        let filled = buffer.len();
        buffer.resize(frame.length.min(filled + STEP), 0);
        from.read_exact(&mut buffer[filled..]).await?;
    }
    Ok(buffer)
}
