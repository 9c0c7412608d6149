//! A plan that leaves nothing out, in Textile.
use crate::plan::PlanSection as S;

/// The section's text.
pub(crate) fn complete(section: S) -> &'static str {
    match section {
        S::Prerequisites => "Check that the replica is healthy. It depends on the service ledger. See backout.md.",
        S::Method => "# Stop the writers and check that none is left\n# Migrate the tables\n# Verify the row counts",
        S::Backout => {
            "See backout.md. It takes 20 minutes. The procedure is ops/rollback.sh at commit 5f0c3a1, approved by the board \
             and tested in staging. It is triggered by an error rate above 2 %. Dora decides. The schema's rollback is tested \
             and versioned. The schema stays backward compatible."
        }
        S::Communication => {
            "The escalation playbook is backout.md. Support is told before and after. Monitoring: the dashboard of \
             payments. Alerting: the pager of its team."
        }
        S::Timing => {
            "# 20:00 Hold point: Dora lets it go on\n# 20:30 Migrate the tables, the point of no return\n# 21:00 Verify the counts"
        }
        S::RiskManagement => "Known issues: the index is built slowly; mitigation: it is built beforehand.",
        S::Documentation => "Release notes: wiki, page 4.2.",
        S::Approach | S::ConfigurationItems | S::Training | S::Roles | S::Testing | S::RelatedChanges => {
            "See backout.md. Done by Dora."
        }
    }
}
