/**
 * What the manifest and the code share of the Findings view, once. Apart from the other ids: an activation
 * needs none of these.
 */

/** Made by VS Code itself. */
export const findingsFocus = 'coderclawAuth.findings.focus';

/** What the view has to show, for its welcome texts; unset until a look has come to something. */
export const findingsStateKey = 'coderclawAuth.findingsState';

export const findingsStates = ['noCoderClaw', 'nothing', 'hidden', 'rows'] as const;
export type FindingsState = (typeof findingsStates)[number];

/** Something is found that the person has hidden. */
export const findingsHiddenKey = 'coderclawAuth.hasHiddenFindings';
