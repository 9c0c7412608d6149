//! From which level of risk on something is asked (R85).
use serde::{Deserialize, Serialize};

use crate::risk::RiskLevel;

/// From which level of risk on something is asked: at that level and above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedFrom {
    /// At none.
    #[default]
    Never,
    /// At every level.
    Low,
    /// Medium and above.
    Medium,
    /// High and above.
    High,
    /// Critical alone.
    Critical,
}

impl AskedFrom {
    /// The lowest level at which it is asked; `None` where it never is.
    #[must_use]
    pub fn level(self) -> Option<RiskLevel> {
        match self {
            Self::Never => None,
            Self::Low => Some(RiskLevel::Low),
            Self::Medium => Some(RiskLevel::Medium),
            Self::High => Some(RiskLevel::High),
            Self::Critical => Some(RiskLevel::Critical),
        }
    }

    /// Whether it is asked at this level.
    #[must_use]
    pub fn asks(self, level: RiskLevel) -> bool {
        self.level().is_some_and(|from| level >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_at_its_level_and_above_and_never_where_nothing_is_said() {
        let levels = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
        for (from, asked) in [
            (AskedFrom::default(), 0),
            (AskedFrom::Low, 4),
            (AskedFrom::Medium, 3),
            (AskedFrom::High, 2),
            (AskedFrom::Critical, 1),
        ] {
            let found = levels.map(|level| from.asks(level));
            assert_eq!(found.iter().filter(|asks| **asks).count(), asked, "{from:?}");
            assert!(found.is_sorted(), "no level is asked less than one below it: {from:?}");
        }
    }
}
