//! A cap on JSON nesting, applied before parsing.

/// Whether arrays and objects nest at most `cap` deep. Brackets inside strings do not count.
#[must_use]
pub fn depth_within(json: &[u8], cap: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in json {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'[' | b'{' => {
                    depth += 1;
                    if depth > cap {
                        return false;
                    }
                }
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_strings_only() {
        assert!(depth_within(br#"{"a":[1,{"b":"[[[[[[\"[[[["}]}"#, 3));
        assert!(!depth_within(br#"{"a":[1,{"b":2}]}"#, 2));
        assert!(depth_within(b"", 0));
        assert!(!depth_within("[".repeat(100_000).as_bytes(), 40));
    }
}
