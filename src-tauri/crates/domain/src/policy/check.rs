//! What the types of a policy cannot say, rule by rule.
use super::{Policy, PolicyError};
use crate::chain::Route;
use crate::risk::RiskLevel;

impl Policy {
    /// Checks the business hours of regions.
    pub(super) fn check_regions(&self) -> Result<(), PolicyError> {
        for (place, region) in (1..).zip(&self.regions) {
            region.working().map_err(|why| PolicyError::Region { place, why })?;
        }
        if self.regions.iter().any(|region| region.name.trim().is_empty()) {
            return Err(PolicyError::Empty { field: "regions" });
        }
        twice("regions", self.regions.iter().map(|region| region.name.trim().to_lowercase()))
    }

    /// Checks who is asked, and when they are reminded.
    pub(super) fn check_chain(&self) -> Result<(), PolicyError> {
        for (release, levels) in &self.chains {
            let above = levels.iter().find(|(level, route)| **level >= RiskLevel::High && **route == Route::Delegated);
            if let Some((level, _)) = above {
                return Err(PolicyError::Delegated { release: *release, level: *level });
            }
        }
        if self.departments.iter().any(|row| row.name.trim().is_empty()) {
            return Err(PolicyError::Empty { field: "departments" });
        }
        if let Some(row) = self.departments.iter().find(|row| !row.is_whole()) {
            return Err(PolicyError::Department { name: row.name.trim().chars().take(80).collect() });
        }
        if self.after_care.values().flatten().any(|asked| asked.trim().is_empty()) {
            return Err(PolicyError::Empty { field: "after_care" });
        }
        for asked in self.after_care.values() {
            twice("after_care", asked.iter().map(|text| text.trim().to_lowercase()))?;
        }
        self.hours.working().map_err(PolicyError::Hours)?;
        self.ladder.check().map_err(PolicyError::Ladder)
    }
}

/// Refuses a list that names something twice.
pub(super) fn twice(field: &'static str, items: impl Iterator<Item = String>) -> Result<(), PolicyError> {
    let mut seen = std::collections::BTreeSet::new();
    for what in items {
        if !seen.insert(what.clone()) {
            return Err(PolicyError::Twice { field, what });
        }
    }
    Ok(())
}
