//! The wire under one agent connection, where cuts and black holes are made.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// Puts a wire between a socket and the stand-in. Returns the stand-in's end.
///
/// From the moment that `dark` fires, bytes vanish in both directions and neither side is told:
/// dead Wi-Fi, a sleeping computer, a changed address. `cut` ends the wire without a word.
pub(super) fn lay(
    socket: TcpStream,
    dark: CancellationToken,
    cut: CancellationToken,
) -> io::Result<DuplexStream> {
    socket.set_nodelay(true)?;
    let (ours, theirs) = tokio::io::duplex(256 * 1024);
    tokio::spawn(cut.run_until_cancelled_owned(async move {
        let (from_agent, to_agent) = socket.into_split();
        let (from_edge, to_edge) = tokio::io::split(theirs);
        let carried = async { tokio::join!(pass(from_agent, to_edge), pass(from_edge, to_agent)) };
        let mut carried = std::pin::pin!(carried);
        tokio::select! {
            biased;
            // The socket stays open, held by what is pinned here, and nobody touches it again.
            () = dark.cancelled() => std::future::pending().await,
            _ = &mut carried => {}
        }
    }));
    Ok(ours)
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer).await.unwrap_or_default();
        if count == 0 {
            return to.shutdown().await;
        }
        to.write_all(buffer.get(..count).unwrap_or_default())
            .await?;
    }
}
