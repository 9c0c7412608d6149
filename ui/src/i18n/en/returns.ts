export const returnWords = {
  returns: {
    title: "Return to its requester",
    bulkTitle: "Return incomplete changes to their requesters",
    hint: "This goes on the ticket as one comment: what is missing, and the lines to fill in. A ticket is asked at most once a day.",
    count_one: "{{count}} comment",
    count_other: "{{count}} comments",
    to: "{{key}}, to {{name}}: {{title}}",
    left_one: "{{count}} other is not asked: nothing is missing, or it was asked within a day.",
    left_other: "{{count}} others are not asked: nothing is missing, or they were asked within a day.",
    ask: "Put it on the ticket",
    done_one: "{{count}} comment is on its way.",
    done_other: "{{count}} comments are on their way.",
  },
} as const;
