//! Noticing that the computer has slept, or has moved to another network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Compares two clocks at a coarse beat. While the computer sleeps, the wall clock goes on and, on
/// Linux and macOS, the other one does not; on Windows both do, and the beat itself comes late.
pub(super) struct Sleep {
    beat: Duration,
    wall: SystemTime,
    running: Instant,
}

impl Sleep {
    pub(super) fn new(beat: Duration) -> Self {
        Self {
            beat,
            wall: SystemTime::now(),
            running: Instant::now(),
        }
    }

    /// To be called at every beat: how long the computer has slept since the last one.
    pub(super) fn slept(&mut self) -> Duration {
        self.slept_at(SystemTime::now(), Instant::now())
    }

    fn slept_at(&mut self, wall: SystemTime, running: Instant) -> Duration {
        // A wall clock that was set back gives no time at all.
        let wall_passed = wall.duration_since(self.wall).unwrap_or_default();
        let running_passed = running.saturating_duration_since(self.running);
        self.wall = wall;
        self.running = running;
        wall_passed.max(running_passed).saturating_sub(self.beat)
    }
}

/// The address that this computer would use towards another one. Nothing is sent: connecting a
/// datagram socket only makes the operating system choose a route. `None` without a route.
pub(super) fn address_towards(other: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = match other {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(other).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Whether two addresses of this computer are of the same network. Within one, IPv6 changes the second half of an address
/// every day for privacy's sake, and the one before goes on to work.
pub(super) fn in_one_network(one: IpAddr, other: IpAddr) -> bool {
    match (one, other) {
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() >> 64 == other.to_bits() >> 64,
        (one, other) => one == other,
    }
}

/// Ends once the computer has slept for this long, or its ways out are others than `before`.
pub(super) async fn roused(before: WaysOut, beat: Duration, asleep: Duration) {
    let mut sleep = Sleep::new(beat);
    while ways_out() == before && sleep.slept() < asleep {
        tokio::time::sleep(beat).await;
    }
}

/// The addresses that this computer would use towards the world, by IPv4 and IPv6.
pub(super) type WaysOut = [Option<IpAddr>; 2];

/// As they are now. The addresses of the others are those of documentation, and nobody's.
pub(super) fn ways_out() -> WaysOut {
    let world: [IpAddr; 2] = [
        Ipv4Addr::new(192, 0, 2, 1).into(),
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    ];
    world.map(|address| address_towards((address, 443).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEAT: Duration = Duration::from_secs(15);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn awake_asleep_and_a_clock_set_back() {
        let mut sleep = Sleep::new(BEAT);
        let (mut wall, mut running) = (sleep.wall, sleep.running);
        let mut pass = |wall_by: i64, running_by: u64| {
            wall = if wall_by < 0 {
                wall - Duration::from_secs(wall_by.unsigned_abs())
            } else {
                wall + Duration::from_secs(wall_by.unsigned_abs())
            };
            running += Duration::from_secs(running_by);
            sleep.slept_at(wall, running)
        };
        assert_eq!(pass(15, 15), Duration::ZERO, "awake");
        assert_eq!(pass(3615, 15), HOUR, "asleep, on Linux");
        assert_eq!(pass(3615, 3615), HOUR, "asleep, on Windows");
        assert_eq!(pass(-7200, 15), Duration::ZERO, "the clock was set back");
        assert_eq!(pass(15, 15), Duration::ZERO, "awake again");
    }

    #[test]
    fn a_new_second_half_of_an_ipv6_address_is_no_new_network() {
        let [day, next_day, elsewhere] = ["2001:db8:0:7::1", "2001:db8:0:7::2", "2001:db8:0:8::1"]
            .map(|address| IpAddr::V6(address.parse().unwrap_or(Ipv6Addr::UNSPECIFIED)));
        assert!(in_one_network(day, next_day));
        assert!(!in_one_network(day, elsewhere));
        let [home, cafe] = [1, 2].map(|last| Ipv4Addr::new(192, 168, 0, last).into());
        assert!(in_one_network(home, home) && !in_one_network(home, cafe));
        assert!(!in_one_network(home, day));
    }

    #[test]
    fn the_address_towards_ourselves() {
        let other = "127.0.0.1:443".parse().map(address_towards);
        assert_eq!(other, Ok(Some(IpAddr::V4(Ipv4Addr::LOCALHOST))));
    }
}
