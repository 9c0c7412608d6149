//! What makes a file one for archives and for everyone's readers: metadata that says which standards it keeps (PDF/A-3a,
//! ISO 19005-3; PDF/UA-1, ISO 14289-1), and the colours it means.

use crate::document::Document;
use crate::pdf::file::Object;
use crate::pdf::value::{Value, dict};

fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in crate::text::clean(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            plain => out.push(plain),
        }
    }
    out
}

/// PDF/A knows no property of PDF/UA unless the file describes it (ISO 19005-3, 6.6.2.3).
const DESCRIBED: &str = "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" \
     xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" \
     xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n<pdfaExtension:schemas><rdf:Bag><rdf:li \
     rdf:parseType=\"Resource\">\n<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>\n\
     <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\n\
     <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\n<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">\
     <pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
     <pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>The part of ISO 14289 that the file \
     keeps</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>\n</rdf:li></rdf:Bag></pdfaExtension:schemas>\n\
     </rdf:Description>\n";

/// The same metadata as Info, as XMP (ISO 16684-1), with the standards that the file keeps.
pub(crate) fn metadata(document: &Document) -> Object {
    let made_at = document.made_at.format("%Y-%m-%dT%H:%M:%SZ");
    let (title, author, subject) = (escape(&document.title), escape(&document.author), escape(&document.subject));
    let language = document.language.code();
    let producer = crate::drawing::producer();
    let text = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n<rdf:RDF \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n<rdf:Description rdf:about=\"\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" \
         xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n<dc:format>application/pdf</dc:format>\n<dc:title><rdf:Alt><rdf:li \
         xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>\n\
         <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subject}</rdf:li></rdf:Alt></dc:description>\n\
         <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>\n\
         <xmp:CreateDate>{made_at}</xmp:CreateDate>\n<xmp:ModifyDate>{made_at}</xmp:ModifyDate>\n\
         <xmp:CreatorTool>Cabinet</xmp:CreatorTool>\n<pdf:Producer>{producer}</pdf:Producer>\n\
         <pdfaid:part>3</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>\n<pdfuaid:part>1</pdfuaid:part>\n\
         </rdf:Description>\n{DESCRIBED}</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>"
    );
    // Uncompressed, so that archives find it without reading PDF.
    Object::Stream {
        dict: dict([("Subtype", Value::name("XML")), ("Type", Value::name("Metadata"))]),
        data: text.into_bytes(),
    }
}

/// The name of the colours that pages are drawn in.
pub(crate) const COLOURS: &str = "sRGB IEC61966-2.1";

/// A profile of sRGB (IEC 61966-2-1) for screens, in the format of ICC.1:2001-04 (version 2): primaries as seen under D50,
/// and one curve for the three of them.
pub(crate) fn colour_profile() -> Object {
    let mut description = b"desc\0\0\0\0".to_vec();
    let name = COLOURS.as_bytes();
    description.extend_from_slice(&(u32::try_from(name.len()).unwrap_or(0) + 1).to_be_bytes());
    description.extend_from_slice(name);
    // The end of the name, no Unicode name, no Macintosh name.
    description.extend_from_slice(&[0; 1 + 8 + 3 + 67]);
    let mut curve = b"curv\0\0\0\0".to_vec();
    const STEPS: u16 = 1024;
    curve.extend_from_slice(&u32::from(STEPS).to_be_bytes());
    for step in 0..STEPS {
        let shown = f64::from(step) / f64::from(STEPS - 1);
        let light = if shown <= 0.040_45 { shown / 12.92 } else { ((shown + 0.055) / 1.055).powf(2.4) };
        curve.extend_from_slice(&((light * 65535.0).round() as u16).to_be_bytes());
    }
    // In 65,536ths, as ICC writes fixed numbers.
    let point = |x: i32, y: i32, z: i32| {
        let mut tag = b"XYZ \0\0\0\0".to_vec();
        for part in [x, y, z] {
            tag.extend_from_slice(&part.to_be_bytes());
        }
        tag
    };
    let tags: [(&[u8; 4], Vec<u8>); 7] = [
        (b"desc", description),
        (b"cprt", b"text\0\0\0\0No rights are claimed in this profile.\0".to_vec()),
        (b"wtpt", point(63190, 65536, 54061)),
        (b"rXYZ", point(28578, 14582, 913)),
        (b"gXYZ", point(25235, 46981, 6364)),
        (b"bXYZ", point(9377, 3973, 46804)),
        (b"rTRC", curve),
    ];
    let count = tags.len() + 2;
    let mut table = u32::try_from(count).unwrap_or(0).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let start = 128 + 4 + 12 * count;
    for (name, tag) in &tags {
        let place = u32::try_from(start + data.len()).unwrap_or(0).to_be_bytes();
        let length = u32::try_from(tag.len()).unwrap_or(0).to_be_bytes();
        // One curve, named three times.
        let names: &[&[u8; 4]] = if *name == b"rTRC" { &[b"rTRC", b"gTRC", b"bTRC"] } else { &[*name] };
        for name in names {
            table.extend_from_slice(name.as_slice());
            table.extend_from_slice(&place);
            table.extend_from_slice(&length);
        }
        data.extend_from_slice(tag);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = vec![0_u8; 128];
    let mut field = |at: usize, bytes: &[u8]| profile[at..at + bytes.len()].copy_from_slice(bytes);
    field(0, &u32::try_from(start + data.len()).unwrap_or(0).to_be_bytes());
    field(8, &[2, 0x10, 0, 0]);
    field(12, b"mntrRGB XYZ ");
    // A fixed day: the same document must be the same bytes.
    field(24, &[0x07, 0xea, 0, 1, 0, 1]);
    field(36, b"acsp");
    // The illuminant of all profiles, D50.
    field(68, &[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    profile.extend_from_slice(&table);
    profile.extend_from_slice(&data);
    Object::deflated(dict([("N", Value::Int(3))]), &profile)
}
