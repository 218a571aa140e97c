//! The public side: TLS for every host of the stand-in, each connection forwarded as one stream.
//!
//! The host is the one that TLS names, or that of the listener where several share a name.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use muxado::OpenClose as _;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Shared;

/// The type of a stream that carries a caller's connection.
const PROXY: u32 = 3;

/// Serves one caller's connection until either side ends it. `host` is that of the listener, where it has one.
pub(super) async fn serve(
    shared: Arc<Shared>,
    socket: TcpStream,
    from: SocketAddr,
    host: Option<String>,
) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut caller = tokio_rustls::TlsAcceptor::from(shared.authority.server())
        .accept(socket)
        .await?;
    let named = caller.get_ref().1.server_name().unwrap_or_default();
    let host = host.unwrap_or_else(|| named.to_owned());
    let first_line = read_line(&mut caller).await?;
    shared.change(|state| state.calls += 1);
    let held = hold(&shared, &mut caller).await;
    let route = shared.change(|state| {
        let offline = state.faults.public_offline;
        (!offline).then(|| state.route(&host)).flatten()
    });
    let Some((endpoint, mut open)) = route else {
        return offline(caller).await;
    };
    let Ok(mut stream) = open.open().await else {
        return offline(caller).await;
    };
    // Type, length and header leave in one write, and so in one frame, as from the service.
    let mut opening = proxy_header(&endpoint, from);
    opening.extend_from_slice(&first_line);
    opening.extend_from_slice(
        format!(
            "X-Forwarded-For: {}\r\nX-Forwarded-Host: {host}\r\nX-Forwarded-Proto: https\r\n",
            from.ip()
        )
        .as_bytes(),
    );
    if let Some(sent) = held {
        opening.extend_from_slice(&sent);
        stream.write_all(&opening).await?;
        stream.read_u8().await?;
        shared.change(|state| state.answered_late += 1);
        return Ok(());
    }
    stream.write_all(&opening).await?;
    let result = tokio::io::copy_bidirectional(&mut caller, &mut stream).await;
    if result.is_err() {
        let _ = caller.shutdown().await;
    }
    Ok(())
}

/// What the caller sends for as long as calls are held; nothing where they are not.
async fn hold(
    shared: &Shared,
    caller: &mut (impl tokio::io::AsyncRead + Unpin),
) -> Option<Vec<u8>> {
    let is_held = || shared.lock().faults.public_held;
    let mut changed = shared.changed.subscribe();
    if !is_held() {
        return None;
    }
    let (mut sent, mut caller_is_there) = (Vec::new(), true);
    while is_held() {
        tokio::select! {
            read = caller.read_buf(&mut sent), if caller_is_there => {
                caller_is_there = matches!(read, Ok(1..));
            }
            // The sender is a part of `shared`, and so cannot be gone.
            _ = changed.changed() => {}
        }
    }
    Some(sent)
}

/// The bytes that open a stream to the agent: type (big endian), length (little endian), JSON.
pub(super) fn proxy_header(endpoint: &str, from: SocketAddr) -> Vec<u8> {
    let header = json!({
        "Id": endpoint, "ClientAddr": from.to_string(), "Proto": "https",
        "EdgeType": "3", "PassthroughTLS": false,
    })
    .to_string();
    let mut bytes = PROXY.to_be_bytes().to_vec();
    bytes.extend_from_slice(&(header.len() as i64).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes
}

async fn read_line(caller: &mut (impl tokio::io::AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(caller.read_u8().await?);
        if line.len() > 16 * 1024 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Ok(line)
}

/// What callers of ngrok see while no agent serves the host.
async fn offline(mut caller: impl tokio::io::AsyncRead + AsyncWriteExt + Unpin) -> io::Result<()> {
    let body = "The endpoint is offline. ERR_NGROK_3200";
    let answer = format!(
        "HTTP/1.1 404 Not Found\r\nNgrok-Error-Code: ERR_NGROK_3200\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
    );
    caller.write_all(answer.as_bytes()).await?;
    caller.shutdown().await?;
    // Whatever the caller still sends is read, so that the answer is not lost to a reset.
    unanswered(caller).await
}

/// Reads what the caller sends until it goes.
async fn unanswered(mut caller: impl tokio::io::AsyncRead + Unpin) -> io::Result<()> {
    let mut rest = vec![0; 16 * 1024];
    while caller.read(&mut rest).await? > 0 {}
    Ok(())
}
