//! Public addresses that every caller on this computer reaches: by looking their name up, and connecting to their port.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::{Edge, public};

impl Edge {
    /// Gives the account one more public host, `localhost:PORT`, with a listener of its own.
    ///
    /// The program under test finds it by a real look-up of the name, unlike the names under `ngrok-test.example`. Its
    /// port tells such hosts apart, so callers name it, and so does `X-Forwarded-Host`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open_address(&self) -> io::Result<String> {
        let (listener, host) = local().await?;
        self.reserve_domain(&host);
        let (shared, named) = (self.shared.clone(), host.clone());
        let all = self.all.clone();
        tokio::spawn(all.run_until_cancelled_owned(async move {
            while let Ok((socket, from)) = listener.accept().await {
                let host = Some(named.clone());
                tokio::spawn(public::serve(shared.clone(), socket, from, host));
            }
        }));
        Ok(host)
    }

    /// Puts a proxy, as a person runs one, in front of a receiver: TLS at `localhost:PORT`, which it gives, and every
    /// byte of a call passed on as it came.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn proxy_to(&self, receiver: SocketAddr) -> io::Result<String> {
        let (listener, host) = local().await?;
        let tls = tokio_rustls::TlsAcceptor::from(self.shared.authority.server());
        let all = self.all.clone();
        tokio::spawn(all.run_until_cancelled_owned(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let tls = tls.clone();
                tokio::spawn(async move {
                    let mut caller = tls.accept(socket).await?;
                    let mut behind = TcpStream::connect(receiver).await?;
                    copy_bidirectional(&mut caller, &mut behind).await
                });
            }
        }));
        Ok(host)
    }
}

async fn local() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let host = format!("localhost:{}", listener.local_addr()?.port());
    Ok((listener, host))
}
