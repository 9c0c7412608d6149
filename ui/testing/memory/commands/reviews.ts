import type { Commands } from "../../../src/ipc/contract";
import { NOW } from "../changes";
import { outcomeOf, questionsOf, summaryOf } from "../model";
import { planSections } from "../plan";
import type { World } from "../world";

type Answered = Pick<
  Commands,
  "riskWalk" | "answerRisk" | "submitRisk" | "planReview" | "tickSection" | "commentSection" | "submitPlanReview"
>;

/** The risk walk and the plan review of a change. */
export function reviewCommands(world: World): Answered {
  const { change, changed } = world;
  const ticks = new Map<string, ReturnType<typeof planSections>>();
  const plan = (id: string) => {
    if (!ticks.has(id)) ticks.set(id, planSections(Number(id.slice(4)) - 1, change(id).view.row.changed_since_looked));
    return ticks.get(id)!;
  };
  const planView = (id: string) => {
    const sections = plan(id);
    const row = change(id).view.row;
    row.plan_ticked = sections.filter((section) => section.summary.ticked).length;
    return {
      change: row,
      sections: structuredClone(sections),
      ticked: row.plan_ticked,
      submitted_at: null,
      submitted_by: null,
      unsubmitted: 1,
      saved_at: NOW,
    };
  };
  const walkView = (id: string) => {
    const stored = change(id);
    return {
      change: stored.view.row,
      questions: questionsOf(stored.answers),
      outcome: outcomeOf(stored.answers, stored.submitted),
      unsubmitted: 1,
      saved_at: NOW,
    };
  };
  return {
    riskWalk: async (request) => walkView(request.change),
    answerRisk: async (request) => {
      const stored = change(request.change);
      stored.answers[request.question] = {
        answer: request.answer ?? null,
        provenance: (request.answer ?? null) === null ? null : "attested",
        note: request.note,
      };
      stored.view.row.risk = summaryOf(stored.answers);
      stored.view.risk = outcomeOf(stored.answers, null);
      return walkView(request.change);
    },
    submitRisk: async (request) => {
      const stored = change(request.change);
      stored.submitted = { at: NOW, by: world.me.name };
      stored.view.risk = outcomeOf(stored.answers, stored.submitted);
      changed("risk");
      return walkView(request.change);
    },
    planReview: async (request) => planView(request.change),
    tickSection: async (request) => {
      const found = plan(request.change).find((section) => section.summary.id === request.section);
      if (found) found.summary.ticked = request.ticked;
      return planView(request.change);
    },
    commentSection: async (request) => {
      const found = plan(request.change).find((section) => section.summary.id === request.section);
      if (found) {
        found.comments = found.comments.filter((comment) => !comment.draft);
        if (request.text)
          found.comments.push({ id: "draft", author: world.me.name, at: NOW, text: request.text, draft: true });
      }
      return planView(request.change);
    },
    submitPlanReview: async (request) => {
      changed("plan");
      return planView(request.change);
    },
  };
}
