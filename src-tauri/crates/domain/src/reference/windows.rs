//! Where windows lie in random histories, and the contents that say so.
use chrono::Duration;

use crate::change::Window;
use crate::gate::fixture::at;
use crate::ids::Digest;

/// Minutes after noon at which each begins and ends, and the zone in which it is planned.
const WINDOWS: [(i64, i64, &str); 9] = [
    (0, 120, "UTC"),
    (20, 140, "UTC"),
    (-10, 110, "UTC"),
    (0, 140, "UTC"),
    (-30, 130, "UTC"),
    (60, 180, "UTC"),
    (20, 140, "Europe/Berlin"),
    // Of another change: some of the above have time in common with them, and some only touch them.
    (130, 190, "UTC"),
    (140, 200, "UTC"),
];

/// How many there are.
pub const COUNT: usize = WINDOWS.len();

/// Where a window is moved to: mostly not far.
pub const MOVED: [usize; 11] = [0, 1, 1, 2, 3, 3, 4, 5, 6, 7, 8];

pub fn window(n: usize) -> Window {
    let (start, end, zone) = WINDOWS[n];
    let noon = at(12);
    Window { start: noon + Duration::minutes(start), end: noon + Duration::minutes(end), zone: zone.to_owned() }
}

/// The content that says this beside its window, and has that window.
pub fn content(said: usize, n: usize) -> Digest {
    Digest([u8::try_from(said + 10 * n).expect("small"); 32])
}

/// What a content says beside its window.
pub fn said(content: Digest) -> usize {
    usize::from(content.0[0] % 10)
}

/// Which window it has.
pub fn number(content: Digest) -> usize {
    usize::from(content.0[0] / 10)
}

/// The content with another window in the place of its own.
pub fn with(before: Digest, other: &Window) -> Option<Digest> {
    let n = (0..COUNT).find(|n| window(*n) == *other)?;
    Some(content(said(before), n))
}
