export const paperWords = {
  papers: {
    file: "File",
    fileHint: "The whole path of a new file. Nothing is written over.",
    write: "Write the file",

    extracts: "Extracts…",
    extractsTitle: "Extracts by a list of changes",
    extractsHint:
      "One sealed extract for each change, of its newest decision, goes into a folder with an index (index.csv, index.json).",
    keys: "Changes",
    keysHint: "Paste their keys: a line each, or with commas between them; 500 at most.",
    writeExtracts: "Write the extracts",
    written_one: "{{count}} extract and the index lie in",
    written_other: "{{count}} extracts and the index lie in",
    lines: "What became of each change",
    lacks: "Not written. {{why}}",

    plan: "Approved plan…",
    planTitle: "Hand out the approved plan of {{key}}",
    planHint:
      "A PDF that a release manager seals with their own key: the plan, the decision, and inside the approval that a pipeline judges. The record says that it was handed out.",
    planGo: "Go on to seal",

    agenda: "On paper…",
    agendaTitle: "The agenda on paper",
    agendaHint:
      "A PDF that nobody signs, for whoever is invited. Of a restricted item it says the key alone, in the pre-read as well.",
    preRead: "With what is to be read for each item (pre-read)",
    agendaWritten_one: "The agenda with {{count}} item lies here.",
    agendaWritten_other: "The agenda with {{count}} items lies here.",
    read: "To be read: {{keys}}.",
    restricted: "Restricted, and not told: {{keys}}.",
  },
} as const;
