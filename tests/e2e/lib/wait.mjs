// Waiting for what is true, never for time to pass.

/** How long anything may take on two busy cores, in milliseconds. */
export const PATIENCE = 60_000;

/** Resolves after the event loop and everyone else had a turn. */
const turn = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Asks `question` until its answer is neither false, null nor undefined, and returns that answer.
 * An error it throws counts as "not yet"; the last one is part of the complaint.
 */
export async function until(what, question, { patience = PATIENCE, every = 60 } = {}) {
  const deadline = Date.now() + patience;
  let last;
  for (;;) {
    try {
      const answer = await question();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      if (error?.fatal) throw error;
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${patience / 1000} s for: ${what}${last ? ` (${last.message})` : ""}`);
    }
    await turn(every);
  }
}
