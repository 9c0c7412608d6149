export const chaseWords = {
  chase: {
    title: "Who owes an answer",
    hint: "An answer is expected within {{hours}} working hours. The text is ready to be sent.",
    left: "{{hours}} h left",
    late: "{{hours}} h late",
    to: "Send to {{names}}",
    breaches: "Answered late, or never: {{number}}",
    earlier: "{{number}} earlier: cab chase --breaches",
    rung: { asked: "asked", remind: "remind", deputy: "ask the deputy", chair: "tell the chair" },
  },
} as const;
