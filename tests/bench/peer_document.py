"""The peer: the same document drawn with ReportLab and signed with pyHanko.

    peer_document.py prepare FOLDER           P-256 keys with their certificates and a root, for the signatures
    peer_document.py seal FOLDER NAME FILE    draws document-NAME.json, attaches evidence-NAME.json, signs each field in turn

Prints a line of JSON, in microseconds: "composed", from the model to unsigned bytes, and "signed", each signature: without
the interpreter's start and imports, as somebody would have it who keeps a process running.
"""

import io
import json
import sys
import time
from pathlib import Path

NAMES = ("Zoë Ångström-Kovačević", "Дмитрий Соколов", "Ελένη Παπαδοπούλου")  # in the order in which they sign


def prepare(folder):
    from datetime import datetime, timedelta, timezone

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(name):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    def certificate(name, key, issuer, issuer_key, ca):
        now = datetime.now(timezone.utc)
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        usage.update(digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca)
        built = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer)).public_key(key.public_key())
        built = built.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        built = built.not_valid_after(now + timedelta(days=365)).add_extension(x509.BasicConstraints(ca, None), True)
        return built.add_extension(x509.KeyUsage(**usage), True).sign(issuer_key, hashes.SHA256())

    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("Bench root", root_key, "Bench root", root_key, True)
    (folder / "peer-root.pem").write_bytes(root.public_bytes(pem))
    for turn, name in enumerate(NAMES):
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = certificate(name, key, "Bench root", root_key, False)
        (folder / f"peer-{turn}.pem").write_bytes(leaf.public_bytes(pem))
        (folder / f"peer-{turn}-key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def seal(folder, name, target):
    from xml.sax.saxutils import escape

    from pyhanko.pdf_utils import embed
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    began = time.perf_counter()
    document = json.loads((folder / f"document-{name}.json").read_bytes())
    evidence = (folder / f"evidence-{name}.json").read_bytes()
    pdfmetrics.registerFont(TTFont("Regular", str(folder / "regular.ttf")))
    pdfmetrics.registerFont(TTFont("Bold", str(folder / "bold.ttf")))
    pdfmetrics.registerFontFamily("Regular", normal="Regular", bold="Bold", italic="Regular", boldItalic="Bold")

    body = ParagraphStyle("body", fontName="Regular", fontSize=9.5, leading=12.5)
    small = ParagraphStyle("small", parent=body, fontSize=8.5, leading=11)
    label = ParagraphStyle("label", parent=small, textColor=colors.HexColor("#555555"))
    headings = {
        0: ParagraphStyle("title", parent=body, fontName="Bold", fontSize=20, leading=25),
        1: ParagraphStyle("section", parent=body, fontName="Bold", fontSize=14, leading=18, spaceBefore=12, spaceAfter=4, keepWithNext=1),
        2: ParagraphStyle("sub", parent=body, fontName="Bold", fontSize=10, leading=13, spaceBefore=6, spaceAfter=2, keepWithNext=1),
    }
    margin, width = 56.7, A4[0] - 2 * 56.7
    ruled = TableStyle([
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#cccccc")), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ])
    plain = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                        ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)])

    def words(spans):
        parts = []
        for span in spans:
            text = escape(span["text"])
            parts.append(f"<b>{text}</b>" if span["style"] == "Strong" else text)
        return " ".join(parts)

    def flow(kind, block):
        if kind == "Title":
            yield Paragraph(escape(block["above"]), label)
            yield Paragraph(escape(block["title"]), headings[0])
            yield Paragraph(escape(block["below"]), body)
        elif kind == "Heading":
            yield Paragraph(escape(block["text"]), headings[block["level"]])
        elif kind == "ItemHead":
            head = Paragraph(f"{block['number']} · {escape(block['key'])} · {escape(block['title'])}", headings[2])
            yield Table([[head, Paragraph(words([block["verdict"]]), small)]], colWidths=[width * 0.75, width * 0.25], style=plain)
        elif kind in ("Paragraph", "Notice"):
            yield Paragraph(words(block["spans"]), body)
        elif kind == "KeyValues":
            rows = [[Paragraph(escape(r["label"]), label), [Paragraph(words(line), small) for line in r["lines"]]] for r in block["rows"]]
            yield Table(rows, colWidths=[width * 0.2, width * 0.8], style=plain)
        elif kind == "Table":
            shares = [column["share"] for column in block["columns"]]
            rows = [[Paragraph(f"<b>{escape(c['title'])}</b>", small) for c in block["columns"]]]
            rows += [[Paragraph(words(cell), small) for cell in row] for row in block["rows"]]
            yield Table(rows, colWidths=[width * s / sum(shares) for s in shares], repeatRows=1, style=ruled)
        elif kind == "Charts":
            for chart in block["charts"]:
                rows = [[Paragraph(words([b["label"]]), small), str(b["count"])] for b in chart["bars"]]
                yield Table([[Paragraph(escape(chart["title"]), label), ""], *rows], style=plain)
        elif kind == "Commands":
            for line in block["lines"]:
                yield Paragraph(escape(line), small)
        elif kind == "SignatureField":
            yield Paragraph(f"{escape(block['name'])}, {escape(block['role'])}: {escape(block['meaning'])}", body)
            yield Spacer(1, 80)
        else:
            raise SystemExit(f"unknown block {kind}")
        yield Spacer(1, 4)

    def page(canvas, doc):
        canvas.setFont("Regular", 8)
        canvas.drawString(margin, 30, document["running_foot"])
        canvas.drawRightString(A4[0] - margin, 30, str(doc.page))
        if doc.page > 1:
            canvas.drawString(margin, A4[1] - 36, document["running_head"][0])
            canvas.drawRightString(A4[0] - margin, A4[1] - 36, document["running_head"][1])

    pages = io.BytesIO()
    template = SimpleDocTemplate(
        pages, pagesize=A4, leftMargin=margin, rightMargin=margin, topMargin=56.7, bottomMargin=56.7,
        title=document["title"], author=document["author"], subject=document["subject"], lang=document["language"],
    )
    story = [flowable for block in document["blocks"] for kind, inner in block.items() for flowable in flow(kind, inner)]
    template.build(story, onFirstPage=page, onLaterPages=page)

    writer = IncrementalPdfFileWriter(pages)
    file = embed.EmbeddedFileObject.from_file_data(writer, data=evidence, mime_type="application/json")
    embed.embed_file(writer, embed.FileSpec(file_spec_string="evidence.json", embedded_data=file, description="Evidence"))
    # Prepared before anybody signs, as ours: later signatures fill a field and add none.
    fields = [block["SignatureField"] for block in document["blocks"] if "SignatureField" in block]
    for turn, field in enumerate(fields):
        left = int(margin) + turn * 162
        append_signature_field(writer, SigFieldSpec(field["field"], on_page=-1, box=(left, 60, left + 158, 130)))
    base = io.BytesIO()
    writer.write(base)
    composed = time.perf_counter() - began

    signed = []
    for turn, field in enumerate(fields):
        began = time.perf_counter()
        signer = signers.SimpleSigner.load(
            str(folder / f"peer-{turn}-key.pem"), str(folder / f"peer-{turn}.pem"),
            ca_chain_files=(str(folder / "peer-root.pem"),),
        )
        first = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS} if turn == 0 else {}
        about = signers.PdfSignatureMetadata(
            field_name=field["field"], reason=field["meaning"], subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", **first
        )
        writer = IncrementalPdfFileWriter(base)
        base = signers.PdfSigner(about, signer).sign_pdf(writer, existing_fields_only=True)
        signed.append(time.perf_counter() - began)
    target.write_bytes(base.getvalue())
    print(json.dumps({"composed": round(composed * 1_000_000), "signed": [round(one * 1_000_000) for one in signed]}))


if sys.argv[1] == "prepare":
    prepare(Path(sys.argv[2]))
else:
    seal(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
