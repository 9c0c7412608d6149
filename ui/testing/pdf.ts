/** A PDF of so many A4 pages, each with its number; the last one lies on its side. `only`: the file has that page alone. */
export function tinyPdf(pages: number, only?: number): Uint8Array {
  const numbers = Array.from({ length: pages }, (_, index) => index).filter(
    (at) => only === undefined || at === only - 1,
  );
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages/Count ${numbers.length}/Kids[${numbers.map((_, index) => `${4 + 2 * index} 0 R`).join(" ")}]>>`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
  ];
  for (const [index, at] of numbers.entries()) {
    const box = at === pages - 1 && pages > 1 ? "0 0 842 595" : "0 0 595 842";
    const drawn = `BT /F 24 Tf 60 500 Td (Page ${at + 1} of ${pages}) Tj ET`;
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[${box}]/Resources<</Font<</F 3 0 R>>>>/Contents ${5 + 2 * index} 0 R>>`,
      `<</Length ${drawn.length}>>\nstream\n${drawn}\nendstream`,
    );
  }
  let text = "%PDF-1.7\n";
  const starts = objects.map((object, index) => {
    const start = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return start;
  });
  const table = text.length;
  const lines = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}`;
  text += `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
