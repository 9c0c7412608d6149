// Writes docs/third-party.md: what others wrote and a built Cabinet contains, from the two lock files.
//   node docs/third-party.mjs            writes it
//   node docs/third-party.mjs --check    fails when it would change
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = `${root}docs/third-party.md`;

/** Crates that a program of ours is linked with on Linux: not those that only build or test it. */
function crates() {
  const metadata = JSON.parse(
    execFileSync(
      "cargo",
      ["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"],
      { cwd: root, maxBuffer: 1 << 28 },
    ),
  );
  const packages = new Map(metadata.packages.map((one) => [one.id, one]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (one) => one.targets.some((built) => built.kind.includes("proc-macro"));
  const hosts = metadata.packages.filter((one) => one.source === null && ["cabinet", "cli"].includes(one.name));
  const reached = new Set();
  const open = hosts.map((one) => one.id);
  while (open.length > 0) {
    const id = open.pop();
    if (reached.has(id)) continue;
    reached.add(id);
    for (const edge of nodes.get(id).deps) {
      const linked = edge.dep_kinds.some((kind) => kind.kind === null);
      if (linked && !isMacro(packages.get(edge.pkg))) open.push(edge.pkg);
    }
  }
  return [...reached]
    .map((id) => packages.get(id))
    .filter((one) => one.source !== null)
    .map((one) => ({ name: one.name, version: one.version, licence: one.license ?? "see its files" }));
}

/** Packages that end up in the screens: not those that only build or test them. */
function screens() {
  const lock = JSON.parse(readFileSync(`${root}ui/package-lock.json`, "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, one]) => path !== "" && !one.dev && !one.optional && !one.peer)
    .map(([path, one]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: one.version,
      licence: one.license ?? "see its files",
    }));
}

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1);
const table = (rows) =>
  ["| name | version | licence |", "|---|---|---|"]
    .concat(rows.sort(byName).map((row) => `| ${row.name} | ${row.version} | ${row.licence.replaceAll("/", " OR ")} |`))
    .join("\n");

const text = `# What others wrote

Cabinet contains the work of others, under their own licences. This list is made by \`node docs/third-party.mjs\` from the
lock files; each package carries its licence text and its authors' names. Which licences may come in is in \`deny.toml\`.

## Fonts

| font | used | licence |
|---|---|---|
| Noto Sans (Google, from the crate \`notosans\`) | embedded, cut to the used glyphs, in minutes | [SIL Open Font License 1.1](licences/OFL-1.1.txt) |
| Inter (The Inter Project Authors, from \`@fontsource-variable/inter\`) | the screens | [SIL Open Font License 1.1](licences/OFL-1.1.txt) |

## From the system

WebKitGTK, GTK 3 and what they stand on come from the distribution as packages of their own, and are not part of Cabinet.

## Crates

${table(crates())}

## In the screens

${table(screens())}
`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("docs/third-party.md does not fit the lock files: run node docs/third-party.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
