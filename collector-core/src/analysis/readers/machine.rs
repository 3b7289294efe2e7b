//! What the texts are to be understood by, from `capture.json`: size of a page, kernel, clock
//! ticks, boot. Nothing of the machine this runs on.

use crate::bundle::index::Capture;
use crate::units::Bytes;

/// The machine a bundle is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its name.
    pub hostname: String,
    /// Bytes of a page; `None`: the bundle gives a number that is no size of a page.
    pub page_size: Option<PageSize>,
    /// Its kernel; `None`: the bundle gives a name that begins with no version.
    pub kernel: Option<KernelVersion>,
    /// Clock ticks in a second, the unit of start times.
    pub ticks_per_second: u64,
    /// Its processors.
    pub cpus: u64,
    /// Names the time between two boots.
    pub boot_id: Option<String>,
}

impl Machine {
    /// The machine that `capture` tells of.
    #[must_use]
    pub fn of(capture: &Capture) -> Self {
        let host = &capture.host;
        Machine {
            hostname: host.hostname.clone(),
            page_size: PageSize::new(host.page_size),
            kernel: KernelVersion::read(&host.kernel_release),
            ticks_per_second: host.ticks_per_second,
            cpus: host.cpus,
            boot_id: host.boot_id.clone(),
        }
    }
}

/// Bytes of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u64);

impl PageSize {
    /// A power of two from 4 KiB to 1 MiB: Linux has none below 4 KiB and none above 256 KiB.
    #[must_use]
    pub fn new(bytes: u64) -> Option<Self> {
        (bytes.is_power_of_two() && (4 << 10..=1 << 20).contains(&bytes)).then_some(PageSize(bytes))
    }
}

/// A number of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pages(pub u64);

impl Pages {
    /// The memory in them.
    #[must_use]
    pub fn bytes(self, page: PageSize) -> Bytes {
        Bytes(self.0.saturating_mul(page.0))
    }
}

/// The first two numbers of a kernel's release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KernelVersion {
    /// 6 of `6.1.0-18-amd64`.
    pub major: u32,
    /// 1 of `6.1.0-18-amd64`.
    pub minor: u32,
}

impl KernelVersion {
    fn read(release: &str) -> Option<Self> {
        let mut numbers = release.splitn(3, |it: char| !it.is_ascii_digit());
        let mut number = || numbers.next()?.parse().ok();
        Some(KernelVersion { major: number()?, minor: number()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_and_compared_by_their_numbers() {
        let read = |release| KernelVersion::read(release).map(|it| (it.major, it.minor));
        assert_eq!(read("6.18.44-fc-v595"), Some((6, 18)));
        assert_eq!(read("4.18.0-513.el8.x86_64"), Some((4, 18)));
        assert_eq!(read("6.1-rc3"), Some((6, 1)));
        for none in ["", "6", "x.y", "99999999999.1", "-6.1"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert!(KernelVersion::read("5.10.0") > KernelVersion::read("5.9.0"));
    }

    #[test]
    fn what_is_no_size_of_a_page_is_refused() {
        let sizes = [0, 1, 4095, 4096, 16_384, 65_536, 65_537, u64::MAX, 1 << 63];
        let good: Vec<u64> = sizes.into_iter().filter(|it| PageSize::new(*it).is_some()).collect();
        assert_eq!(good, [4096, 16_384, 65_536]);
        let page = PageSize::new(65_536).expect("a size");
        assert_eq!(Pages(u64::MAX).bytes(page), Bytes(u64::MAX), "it does not wrap");
    }
}
