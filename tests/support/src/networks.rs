//! A computer with two ways out, and the stand-in of the edge beyond both: two network namespaces of the kernel's.
//!
//! ```text
//!  near ─── wifi  198.51.100.2 ─ 198.51.100.1 ───┐
//!   │                                           far: 192.0.2.1:443 agents, 192.0.2.2:443 public
//!   └────── cable 203.0.113.2 ─── 203.0.113.1 ───┘
//! ```
//!
//! Only root may make them, and only where the kernel lets it. Nothing of it is to be seen from other namespaces.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::net::TcpListener;

use crate::edge::{DOMAIN, Edge, NAMED_SERVER};

const AGENTS: &str = "192.0.2.1";
const PUBLIC: &str = "192.0.2.2";
const PREFIX: &str = "bellhop-test-";

/// The two namespaces. They are gone with this value; those of a test that was killed go when the next one begins.
pub struct Networks {
    near: Namespace,
    far: Namespace,
}

impl Networks {
    /// Lays both ways out. `wifi` has the default route.
    ///
    /// # Errors
    /// Where this account or this kernel makes no namespaces, or the program `ip` (iproute2) is missing.
    pub fn lay() -> Result<Networks> {
        sweep()?;
        let (near, far) = (Namespace::make("near")?, Namespace::make("far")?);
        for (way, net) in [("wifi", "198.51.100"), ("cable", "203.0.113")] {
            ip(&format!(
                "link add {way} netns {} type veth peer name {way} netns {}",
                near.name, far.name
            ))?;
            for (end, number) in [(&near, 2), (&far, 1)] {
                end.ip(&format!("addr add {net}.{number}/24 dev {way}"))?;
                end.ip(&format!("link set {way} up"))?;
            }
        }
        near.ip("route add default via 198.51.100.1")?;
        for address in [AGENTS, PUBLIC] {
            far.ip(&format!("addr add {address}/32 dev lo"))?;
        }
        // `ip netns exec` puts this file in the place of /etc/hosts.
        let hosts = near.files();
        fs::create_dir_all(&hosts)?;
        let server = NAMED_SERVER.trim_end_matches(":443");
        let names = format!("127.0.0.1 localhost\n{AGENTS} {server}\n{PUBLIC} {DOMAIN}\n");
        fs::write(hosts.join("hosts"), names)?;
        Ok(Networks { near, far })
    }

    /// The stand-in of the edge, at the far end. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Where it cannot listen.
    pub fn edge(&self) -> Result<Edge> {
        let agents = TcpListener::from_std(self.far.listen(AGENTS)?)?;
        let public = TcpListener::from_std(self.far.listen(PUBLIC)?)?;
        Ok(Edge::start_on(agents, public)?)
    }

    /// The same program with the same arguments and variables, as run on the near computer.
    pub fn on_near(&self, command: &Command) -> Command {
        let mut inside = Command::new("ip");
        inside.args(["netns", "exec", &self.near.name]);
        inside.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }

    /// What `ip` does with these words on the near computer.
    ///
    /// # Errors
    /// With what `ip` says.
    pub fn near(&self, words: &str) -> Result<()> {
        self.near.ip(words)
    }

    /// What `ip` does with these words at the far end.
    ///
    /// # Errors
    /// With what `ip` says.
    pub fn far(&self, words: &str) -> Result<()> {
        self.far.ip(words)
    }
}

/// One namespace with its loopback up.
struct Namespace {
    name: String,
}

impl Drop for Namespace {
    fn drop(&mut self) {
        remove(&self.name);
    }
}

impl Namespace {
    fn make(what: &str) -> Result<Namespace> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}-{what}", process::id());
        ip(&format!("netns add {name}"))?;
        let made = Namespace { name };
        made.ip("link set lo up")?;
        Ok(made)
    }

    fn ip(&self, words: &str) -> Result<()> {
        ip(&format!("-n {} {words}", self.name))
    }

    fn files(&self) -> PathBuf {
        Path::new("/etc/netns").join(&self.name)
    }

    /// A socket belongs to the namespace of the thread that makes it, whoever uses it later.
    fn listen(&self, address: &str) -> Result<std::net::TcpListener> {
        let place = File::open(Path::new("/run/netns").join(&self.name))?;
        let address: SocketAddr = format!("{address}:443").parse()?;
        let listen = move || -> io::Result<std::net::TcpListener> {
            move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network))?;
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let listening = thread::spawn(listen).join();
        Ok(listening.map_err(|_| anyhow!("the thread that listens panicked"))??)
    }
}

/// Removes what tests that were killed have left.
fn sweep() -> Result<()> {
    let Ok(names) = fs::read_dir("/run/netns") else {
        return Ok(());
    };
    for name in names {
        let name = name?.file_name().to_string_lossy().into_owned();
        let process = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            remove(&name);
        }
    }
    Ok(())
}

fn remove(name: &str) {
    let _ = ip(&format!("netns del {name}"));
    let all = Path::new("/etc/netns");
    let _ = fs::remove_dir_all(all.join(name));
    // Only if nobody else has anything there.
    let _ = fs::remove_dir(all);
}

fn ip(words: &str) -> Result<()> {
    let output = Command::new("ip")
        .args(words.split(' ').map(OsStr::new))
        .output();
    let output = output.context("the program ip is missing: install iproute2")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ip {words}: {said}");
    Ok(())
}
