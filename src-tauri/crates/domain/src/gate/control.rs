//! Which controls of common frameworks a clause serves (R87): ISO/IEC 27001:2022, Annex A; NIST SP 800-53, revision 5;
//! SOC 2, the common criteria of the trust services.

/// The controls of a clause, in words; empty where none is known.
pub(super) fn of(clause: &str) -> &'static str {
    match clause {
        // Change management itself, and what a change must say.
        "R3" | "R5" | "R6" | "R11" | "R17" | "R18" | "R19" | "R21" | "R22" | "R25" | "R26" | "R27" | "R28" | "R29"
        | "R30" | "R36" | "R37" | "R39" | "R42" | "R56" | "R77" => "ISO 27001 A.8.32; NIST CM-3; SOC 2 CC8.1",
        "R38" => "ISO 27001 A.8.32; NIST CM-4; SOC 2 CC8.1",
        "R2" | "R20" => "ISO 27001 A.8.9; NIST CM-2, CM-3; SOC 2 CC8.1",
        // Tests.
        "R7" | "R8" | "R24" | "R62" => "ISO 27001 A.8.29; NIST SA-11; SOC 2 CC8.1",
        "R9" => "ISO 27001 A.8.29, A.8.33; NIST SA-11; SOC 2 CC8.1",
        "R10" | "R41" => "ISO 27001 A.8.31; NIST CM-4; SOC 2 CC8.1",
        "R83" => "ISO 27001 A.8.6; NIST SA-11; SOC 2 A1.1",
        // Going back.
        "R13" | "R23" | "R84" | "R93" | "R96" => "ISO 27001 A.8.32; NIST CP-10; SOC 2 CC7.5",
        // Components of others.
        "R33" | "R35" => "ISO 27001 A.8.19; NIST CM-8",
        "R34" => "ISO 27001 A.5.32; NIST CM-10",
        // Weaknesses.
        "R32" => "ISO 27001 A.8.8; NIST SI-2; SOC 2 CC7.1",
        "R40" | "R81" => "ISO 27001 A.8.8; NIST RA-5; SOC 2 CC7.1",
        // People and the source.
        "R43" => "ISO 27001 A.8.4; NIST CM-5; SOC 2 CC8.1",
        "R44" => "ISO 27001 A.8.32; NIST CM-3, CM-5; SOC 2 CC8.1",
        "R89" => "ISO 27001 A.5.3; NIST AC-5; SOC 2 CC5.1",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_of_the_catalogue_serves_a_control_of_two_frameworks_at_least() {
        for gate in super::super::catalogue() {
            let controls = of(&gate.clause);
            assert!(controls.contains("ISO 27001") && controls.contains("NIST"), "{}: {controls:?}", gate.clause);
        }
        assert_eq!(of("R32"), "ISO 27001 A.8.8; NIST SI-2; SOC 2 CC7.1");
        assert_eq!(of("R113"), "");
    }
}
