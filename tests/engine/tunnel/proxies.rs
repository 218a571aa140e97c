//! Through a proxy, where the network lets nothing else out.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bellhop_engine::tunnel::{ProxyAddress, Tunnel};
use bellhop_test_support::edge::Edge;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::bench::{Receiver, config, nothing_left, online, reconnecting};

/// A proxy on loopback that leads on whoever brings the right password, and keeps where to.
struct Proxy {
    address: SocketAddr,
    led_to: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(socks: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let led_to = Arc::new(Mutex::new(Vec::new()));
        let seen = led_to.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let seen = seen.clone();
                tokio::spawn(async move {
                    let asked = if socks {
                        asked_by_socks(&mut socket).await
                    } else {
                        asked_by_connect(&mut socket).await
                    };
                    let Ok(Some(target)) = asked else { return };
                    let mut onward = TcpStream::connect(&target).await.unwrap();
                    seen.lock().unwrap().push(target);
                    let yes: &[u8] = if socks {
                        &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
                    } else {
                        b"HTTP/1.1 200 Connection established\r\n\r\n"
                    };
                    socket.write_all(yes).await.unwrap();
                    let _ = copy_bidirectional(&mut socket, &mut onward).await;
                });
            }
        });
        Self { address, led_to }
    }
}

async fn asked_by_connect(socket: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    // anna:secret
    if !head
        .to_ascii_lowercase()
        .contains("proxy-authorization: basic yw5uytpzzwnyzxq=")
    {
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
        pair.push(String::from_utf8(read(socket, length).await?).unwrap());
    }
    let right = pair == ["anna", "secret"];
    socket.write_all(&[1, u8::from(!right)]).await?;
    if !right {
        return Ok(None);
    }
    let mut request = [0; 4];
    socket.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => {
            let bytes = read(socket, 4).await?;
            std::net::Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]).to_string()
        }
        _ => {
            let length = socket.read_u8().await?;
            String::from_utf8(read(socket, length).await?).unwrap()
        }
    };
    Ok(Some(format!("{host}:{}", socket.read_u16().await?)))
}

async fn read(socket: &mut TcpStream, length: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(length)];
    socket.read_exact(&mut bytes).await?;
    Ok(bytes)
}

#[tokio::test]
async fn the_session_goes_through_the_proxy() {
    for (socks, scheme) in [(false, "http"), (true, "socks5")] {
        let (edge, proxy) = (Edge::start().await.unwrap(), Proxy::start(socks).await);
        let mut config = config(&edge);
        let address = format!("{scheme}://anna:secret@{}", proxy.address);
        config.proxy = Some(address.parse().unwrap());
        let tunnel = Tunnel::start(config, Receiver::default().router());
        online(&tunnel).await;
        edge.cut();
        reconnecting(&tunnel).await;
        online(&tunnel).await;
        let led_to = proxy.led_to.lock().unwrap().clone();
        let to_the_service = led_to
            .iter()
            .filter(|target| **target == edge.server())
            .count();
        assert_eq!(to_the_service, 2, "both times: {led_to:?}");
        tunnel.close().await;
        nothing_left(&edge).await;
    }
}

#[tokio::test]
async fn a_proxy_that_wants_another_password_is_waited_for_and_the_password_is_not_shown() {
    for (socks, scheme) in [(false, "http"), (true, "socks5")] {
        let (edge, proxy) = (Edge::start().await.unwrap(), Proxy::start(socks).await);
        let mut config = config(&edge);
        let address = format!("{scheme}://anna:wrong-word@{}", proxy.address);
        config.proxy = Some(address.parse().unwrap());
        let tunnel = Tunnel::start(config, Receiver::default().router());
        let status = format!("{:?}", reconnecting(&tunnel).await);
        assert!(status.contains("proxy"), "{status}");
        assert!(!status.contains("wrong-word"), "{status}");
        assert!(edge.seen().is_empty());
        tunnel.close().await;
    }
}

#[test]
fn a_proxys_password_is_never_printed() {
    let proxy: ProxyAddress = "http://anna:secret@proxy.example:3128".parse().unwrap();
    assert!(!format!("{proxy:?}").contains("secret"));
}
