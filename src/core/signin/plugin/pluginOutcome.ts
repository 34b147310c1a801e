/** How a call of foreign code ended. */
export type Outcome = { readonly value: unknown } | { readonly thrown: unknown };

/** Calls foreign code. Never throws and never rejects, whatever the code does. */
export async function outcomeOf(call: () => unknown): Promise<Outcome> {
  try {
    return { value: await call() };
  } catch (thrown) {
    return { thrown };
  }
}
