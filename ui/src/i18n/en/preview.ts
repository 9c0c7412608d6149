export const previewWords = {
  preview: {
    minutes: "Minutes",
    annex: "Annex {{number}}",
    erratum: "Erratum {{number}}",
    circulated: "Circulated edition",
    tools: "Pages and their size",
    pagesOf: "Pages of {{name}}",
    page: "Page",
    of: "of {{pages}}",
    pageOf: "Page {{page}} of {{pages}}",
    percent: "{{percent}} %",
    cut: "Only the first {{pages}} pages are shown.",
    pageFailed: "This page could not be drawn. Open the PDF in another reader.",
    unreadable: "The pages of {{name}} cannot be shown",
    unreadableRemedy:
      "It is no PDF that can be read here: broken, or locked with a password. Open it in another reader, or ask for it anew.",
    read: "Read it here",
    title: "Its pages",
    show: "Show its pages",
    hide: "Hide its pages",
    refused: "The document is refused: what its pages say proves nothing.",
  },
} as const;
