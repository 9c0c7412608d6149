//! A matcher for names: `*` is any run of characters, `?` is one, case is ignored.

/// Whether `name` as a whole matches `pattern`. Linear in time but for backtracking to the last
/// star: at most pattern × name steps, whatever the pattern.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let fold = |s: &str| s.to_lowercase().chars().collect::<Vec<char>>();
    let (pattern, name) = (fold(pattern), fold(name));
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            Some(_) | None => match star {
                // The last star takes one character more; earlier stars need no second thought.
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}
