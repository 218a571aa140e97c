//! Proxies that lead out of a network which lets nothing else out.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{Edge, NAMED_SERVER};

/// A proxy on loopback that leads on whoever brings the name `anna` and the password `secret`, and keeps where to.
///
/// It alone knows the hosts under `ngrok-test.example`, so whoever reaches one has come through it.
pub struct Proxy {
    scheme: &'static str,
    address: SocketAddr,
    outside: Arc<Outside>,
    all: CancellationToken,
}

/// What is behind a proxy.
struct Outside {
    agents: SocketAddr,
    public: SocketAddr,
    led_to: Mutex<Vec<String>>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.all.cancel();
    }
}

impl Proxy {
    /// Starts one that speaks `http` (CONNECT) or `socks5`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(scheme: &'static str, edge: &Edge) -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let proxy = Proxy {
            scheme,
            address: listener.local_addr()?,
            outside: Arc::new(Outside {
                agents: edge.agents,
                public: edge.public,
                led_to: Mutex::default(),
            }),
            all: CancellationToken::new(),
        };
        let (outside, all) = (Arc::clone(&proxy.outside), proxy.all.clone());
        tokio::spawn(proxy.all.clone().run_until_cancelled_owned(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let outside = Arc::clone(&outside);
                let led = async move { outside.lead(socket, scheme).await };
                tokio::spawn(all.clone().run_until_cancelled_owned(led));
            }
        }));
        Ok(proxy)
    }

    /// Its address, with this name and password.
    pub fn address(&self, name: &str, password: &str) -> String {
        let Proxy {
            scheme, address, ..
        } = self;
        format!("{scheme}://{name}:{password}@{address}")
    }

    /// Where it has led, as `host:port`, in order.
    pub fn led_to(&self) -> Vec<String> {
        let led_to = self.outside.led_to.lock();
        led_to.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Outside {
    async fn lead(&self, mut socket: TcpStream, scheme: &str) -> io::Result<()> {
        let (asked, yes): (_, &[u8]) = match scheme {
            "socks5" => (
                asked_by_socks(&mut socket).await?,
                &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
            ),
            _ => (
                asked_by_connect(&mut socket).await?,
                b"HTTP/1.1 200 Connection established\r\n\r\n",
            ),
        };
        let Some(target) = asked else { return Ok(()) };
        let mut onward = match target.as_str() {
            NAMED_SERVER => TcpStream::connect(self.agents).await?,
            host if host.ends_with(".ngrok-test.example:443") => {
                TcpStream::connect(self.public).await?
            }
            other => TcpStream::connect(other).await?,
        };
        self.led_to
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(target);
        socket.write_all(yes).await?;
        copy_bidirectional(&mut socket, &mut onward).await.map(drop)
    }
}

/// Where a caller wants to go, if it brought the right password.
async fn asked_by_connect(socket: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    // anna:secret
    let basic = "proxy-authorization: basic yw5uytpzzwnyzxq=";
    if !head.to_ascii_lowercase().contains(basic) {
        let no = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        socket.write_all(no).await?;
        return Ok(None);
    }
    Ok(head.split(' ').nth(1).map(str::to_owned))
}

async fn asked_by_socks(socket: &mut TcpStream) -> io::Result<Option<String>> {
    let mut greeting = [0; 2];
    socket.read_exact(&mut greeting).await?;
    read(socket, greeting[1]).await?;
    socket.write_all(&[5, 2]).await?;
    socket.read_u8().await?;
    let mut pair = Vec::new();
    for _ in 0..2 {
        let length = socket.read_u8().await?;
        pair.push(read(socket, length).await?);
    }
    let right = pair == [b"anna".as_slice(), b"secret"];
    socket.write_all(&[1, u8::from(!right)]).await?;
    if !right {
        return Ok(None);
    }
    let mut request = [0; 4];
    socket.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            socket.read_exact(&mut address).await?;
            Ipv4Addr::from(address).to_string()
        }
        _ => {
            let length = socket.read_u8().await?;
            String::from_utf8_lossy(&read(socket, length).await?).into_owned()
        }
    };
    Ok(Some(format!("{host}:{}", socket.read_u16().await?)))
}

async fn read(socket: &mut TcpStream, length: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(length)];
    socket.read_exact(&mut bytes).await?;
    Ok(bytes)
}
