//! Faults that tests order: which request, which fault, how often.
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

/// Holds a request until the test opens it: no sleeps anywhere.
#[derive(Debug, Clone)]
pub struct Gate(Arc<GateState>);

#[derive(Debug)]
struct GateState {
    arrived: watch::Sender<u32>,
    open: watch::Sender<bool>,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(GateState { arrived: watch::Sender::new(0), open: watch::Sender::new(false) }))
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn closed() -> Self {
        Self::default()
    }

    /// Waits until at least `count` requests stand before the gate or have passed it.
    pub async fn arrived(&self, count: u32) {
        let mut seen = self.0.arrived.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = seen.wait_for(|n| *n >= count).await;
    }

    /// Lets everyone through, now and later.
    pub fn open(&self) {
        self.0.open.send_replace(true);
    }

    pub(crate) async fn pass(&self) {
        self.0.arrived.send_modify(|n| *n += 1);
        let mut open = self.0.open.subscribe();
        let _ = open.wait_for(|open| *open).await;
    }
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answered with this status instead of being handled.
    Status {
        /// For example 503.
        code: u16,
        /// The `Retry-After` header, word for word: seconds or an HTTP date.
        retry_after: Option<String>,
        /// The body.
        body: String,
    },
    /// Handled, committed, and the connection closed before the first byte of the answer.
    DropAfterCommit,
    /// The connection closed without handling the request.
    DropBeforeCommit,
    /// The connection reset (RST) without handling the request.
    Reset,
    /// Handled; the headers promise the whole length, and the connection closes after this many bytes.
    Truncate(usize),
    /// 200 with a login page in HTML, as a proxy in front of a sleeping server answers.
    Html,
    /// 200 with no body.
    Empty,
    /// 200 with JSON that breaks off.
    BadJson,
    /// 302 to this address.
    Redirect(String),
    /// Handled only once the gate is open.
    HoldBefore(Gate),
    /// Handled and committed at once; the answer waits for the gate.
    HoldAfter(Gate),
}

/// Which requests a fault meets.
#[derive(Debug, Clone)]
pub struct Rule {
    method: Option<String>,
    path: String,
    skip: u32,
    times: u32,
    fault: Fault,
}

impl Rule {
    /// The next request of `method` (empty: any) whose path and query contain `path` (empty: any) meets `fault`.
    #[must_use]
    pub fn next(method: &str, path: &str, fault: Fault) -> Self {
        let method = (!method.is_empty()).then(|| method.to_ascii_uppercase());
        Self { method, path: path.to_owned(), skip: 0, times: 1, fault }
    }

    /// Lets this many matching requests through first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Meets this many requests instead of one.
    #[must_use]
    pub fn times(mut self, requests: u32) -> Self {
        self.times = requests;
        self
    }

    fn matches(&self, method: &str, target: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m == method) && target.contains(&self.path)
    }
}

/// The rules in force, in the order in which they were ordered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules(Arc<Mutex<Vec<Rule>>>);

impl Rules {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn add(&self, rule: Rule) {
        self.lock().push(rule);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The fault of the first rule that matches; its count goes down.
    pub(crate) fn take(&self, method: &str, target: &str) -> Option<Fault> {
        let mut rules = self.lock();
        let at = rules.iter().position(|rule| rule.matches(method, target))?;
        let rule = &mut rules[at];
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        let fault = rule.fault.clone();
        rule.times = rule.times.saturating_sub(1);
        if rule.times == 0 {
            rules.remove(at);
        }
        Some(fault)
    }
}
