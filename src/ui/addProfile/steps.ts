/** What a step gives: the answers with its own among them, or where to go instead. */
export type StepOutcome<Answers> =
  | { readonly kind: 'answered'; readonly answers: Answers }
  /** There was nothing to ask: it does not count, and Back passes over it. */
  | { readonly kind: 'skipped'; readonly answers: Answers }
  | { readonly kind: 'back' };

/** How a step stands among the others, for its title. */
export interface StepPlace {
  /** Whether there is an earlier question to go back to. */
  readonly canGoBack: boolean;
}

/**
 * One question of several.
 * @throws {Cancelled} The person gave it up; so all of it is given up.
 */
export type Step<Answers> = (answers: Answers, place: StepPlace) => Promise<StepOutcome<Answers>>;

/**
 * Asks one question after the other. Back asks the one before again, with the answers as they were
 * then: what was answered after it is forgotten, since it may not fit any more.
 * @throws what a step throws.
 */
export async function askInTurn<Answers>(
  steps: readonly Step<Answers>[],
  first: Answers,
): Promise<Answers> {
  const asked: { readonly at: number; readonly answers: Answers }[] = [];
  let answers = first;
  for (let at = 0; at < steps.length; ) {
    const step = steps[at];
    if (step === undefined) break;
    const outcome = await step(answers, { canGoBack: asked.length > 0 });
    if (outcome.kind === 'back') {
      const before = asked.pop();
      if (before !== undefined) ({ at, answers } = before);
      continue;
    }
    if (outcome.kind === 'answered') asked.push({ at, answers });
    answers = outcome.answers;
    at += 1;
  }
  return answers;
}
