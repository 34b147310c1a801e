/** What CoderClaw 2026.3.21 reads in a chat behind `/model`; the first `@` behind the last `/` ends the model. */
const MODEL = /^[\w.:-]+(?:\/[\w.:-]+)*$/;
const PROFILE = /^[\w.:@-]+$/;

/**
 * The chat command that makes a session use a model with a profile.
 * @param model With its provider: `openai-codex/gpt-5.3-codex`.
 * @returns undefined where CoderClaw would read something else in it: it takes few signs.
 */
export function modelCommand(model: string, profileId: string): string | undefined {
  return MODEL.test(model) && PROFILE.test(profileId) ? `/model ${model}@${profileId}` : undefined;
}
