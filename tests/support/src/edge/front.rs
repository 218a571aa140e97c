//! Somebody's own way in: TLS in front of a port, as a proxy or another tunnel makes it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::authority::Authority;

/// Where a front leads.
#[derive(Clone, Copy, Debug)]
pub enum Leads {
    /// To whoever listens there.
    To(SocketAddr),
    /// To a page that answers every call with its own path.
    ToAnEcho,
}

/// A public address at `https://localhost`, with a port. Dropping it ends everything.
pub struct Front {
    authority: Authority,
    address: SocketAddr,
    leads: Arc<Mutex<Leads>>,
    open: CancellationToken,
    listening: Option<JoinHandle<Option<()>>>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.open.cancel();
    }
}

impl Front {
    /// A front on a free port of the loopback address.
    pub async fn start(leads: Leads) -> io::Result<Front> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut front = Front {
            authority: Authority::create()?,
            address: listener.local_addr()?,
            leads: Arc::new(Mutex::new(leads)),
            open: CancellationToken::new(),
            listening: None,
        };
        front.serve(listener);
        Ok(front)
    }

    /// Its public address.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// The authority that vouches for it, as a PEM file that lives as long as the front.
    pub fn root_cas(&self) -> PathBuf {
        self.authority.pem_file()
    }

    /// Leads somewhere else from now on.
    pub fn lead(&self, leads: Leads) {
        *self.leads.lock().unwrap_or_else(PoisonError::into_inner) = leads;
    }

    /// Goes away, with all connections. Whoever comes after this finds nobody.
    pub async fn close(&mut self) {
        self.open.cancel();
        if let Some(listening) = self.listening.take() {
            let _ = listening.await;
        }
    }

    /// Comes back at the same port.
    ///
    /// # Errors
    /// If somebody else has taken it.
    pub async fn open(&mut self) -> io::Result<()> {
        self.close().await;
        self.serve(TcpListener::bind(self.address).await?);
        Ok(())
    }

    fn serve(&mut self, listener: TcpListener) {
        self.open = CancellationToken::new();
        let (open, leads) = (self.open.clone(), Arc::clone(&self.leads));
        let acceptor = tokio_rustls::TlsAcceptor::from(self.authority.server());
        let listens = self.open.clone().run_until_cancelled_owned(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, leads) = (acceptor.clone(), Arc::clone(&leads));
                let call = async move {
                    let caller = acceptor.accept(socket).await?;
                    let leads = *leads.lock().unwrap_or_else(PoisonError::into_inner);
                    pass(caller, leads).await
                };
                tokio::spawn(open.clone().run_until_cancelled_owned(call));
            }
        });
        self.listening = Some(tokio::spawn(listens));
    }
}

async fn pass(
    mut caller: tokio_rustls::server::TlsStream<TcpStream>,
    leads: Leads,
) -> io::Result<()> {
    match leads {
        Leads::To(address) => {
            let mut onward = TcpStream::connect(address).await?;
            copy_bidirectional(&mut caller, &mut onward).await?;
        }
        Leads::ToAnEcho => {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(caller.read_u8().await?);
            }
            let head = String::from_utf8_lossy(&head);
            let path = head.split(' ').nth(1).unwrap_or_default();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{path}",
                path.len()
            );
            caller.write_all(answer.as_bytes()).await?;
            caller.shutdown().await?;
        }
    }
    Ok(())
}
