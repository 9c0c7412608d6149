//! The risk model in force: the policy's version of it, or the one that is built in (R97).
use std::sync::{Arc, LazyLock};

use domain::ids::Digest;
use domain::policy::Policy;
use domain::risk::{Model, points_100};

/// A risk model with the digest of its canonical form, as scores name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskModel {
    /// The model.
    pub model: Model,
    /// SHA-256 of its canonical form.
    pub digest: Digest,
}

/// The model that is built in. A constant of the program, computed once.
static BUILT_IN: LazyLock<Arc<RiskModel>> =
    LazyLock::new(|| Arc::new(RiskModel::new(points_100()).expect("the built-in model is text and small integers")));

impl RiskModel {
    fn new(model: Model) -> Result<Self, String> {
        let bytes = record::canonical::to_bytes(&model).map_err(|error| error.to_string())?;
        Ok(Self { model, digest: Digest::of(&bytes) })
    }

    /// The model that is built in.
    #[must_use]
    pub fn built_in() -> Arc<Self> {
        BUILT_IN.clone()
    }

    /// The model in force under a policy.
    ///
    /// # Errors
    /// Where the policy's version contradicts itself: no text with one is adopted, but a policy may come from elsewhere.
    pub fn of(policy: &Policy) -> Result<Arc<Self>, String> {
        if policy.risk.is_built_in() {
            return Ok(Self::built_in());
        }
        let model = policy.risk.model().map_err(|fault| fault.to_string())?;
        Ok(Arc::new(Self::new(model)?))
    }

    /// As [`Self::of`]; of a policy whose version contradicts itself the model that is built in, as the board says then.
    #[must_use]
    pub fn counting(policy: &Policy) -> Arc<Self> {
        Self::of(policy).unwrap_or_else(|_| Self::built_in())
    }
}
