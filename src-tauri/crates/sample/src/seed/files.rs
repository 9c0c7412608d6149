//! Attachments with small real content.
use std::fmt::Write as _;

/// A one-page PDF that readers open: catalogue, page, font, text and cross-reference table.
pub(crate) fn pdf(lines: &[String]) -> Vec<u8> {
    // Octal escapes keep the file ASCII; the font's encoding has the letters of Western Europe, others lose their marks.
    let coded = |text: &str| -> String {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '(' | ')' | '\\' => out.extend(['\\', c]),
                ' '..='~' => out.push(c),
                '\u{a0}'..='\u{ff}' => {
                    let _ = write!(out, "\\{:03o}", u32::from(c));
                }
                'ł' => out.push('l'),
                'ń' => out.push('n'),
                'ř' => out.push('r'),
                'ź' | 'ż' => out.push('z'),
                _ => out.push('?'),
            }
        }
        out
    };
    let mut text = "BT /F1 11 Tf 60 780 Td 16 TL\n".to_owned();
    for line in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "({}) Tj T*", coded(line));
    }
    text.push_str("ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}endstream", text.len()),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        let _ = writeln!(out, "{offset:010} 00000 n ");
    }
    let _ = write!(out, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

/// Numbers of a load test, five minutes in steps of fifteen seconds.
pub(crate) fn load_test_csv(seed: u64) -> Vec<u8> {
    let mut out = "second,requests_per_second,p50_ms,p95_ms,errors\n".to_owned();
    let mut state = seed | 1;
    for step in 0..20u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let noise = state >> 58;
        let ramp = step.min(8);
        let _ = writeln!(
            out,
            "{},{},{},{},{}",
            step * 15,
            120 + ramp * 45 + noise,
            18 + noise / 8,
            61 + noise / 2 + ramp,
            u64::from(noise == 63)
        );
    }
    out.into_bytes()
}

/// What a scanner leaves.
pub(crate) fn scan_json(component: &str, version: &str, findings: &str) -> Vec<u8> {
    let value = serde_json::json!({
        "scanner": "trivy 0.56.2",
        "target": format!("registry.ostwind.example/{component}:{version}"),
        "summary": findings,
        "severities": { "critical": 0, "high": 0, "medium": 2, "low": 7 },
    });
    format!("{value:#}\n").into_bytes()
}
