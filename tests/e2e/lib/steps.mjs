/** Steps of one journey: each a test of its own; once one failed the rest cannot be judged and is skipped. */
export function steps(t, desk) {
  let broken = false;
  return (name, act) =>
    t.test(name, { skip: broken ? "an earlier step failed" : false }, async () => {
      try {
        await act();
      } catch (error) {
        broken = true;
        await desk.evidence();
        throw error;
      }
    });
}
