/**
 * What became of a commit:
 * - `kept`: the entry stands, or somebody wrote another value on purpose.
 * - `repaired`: a careless program had undone it; it was put back and stands.
 * - `undone`: it was undone again and again, and has been given up.
 * - `unknown`: nobody looked (the vault was disposed), or the store could not be read or mended.
 */
export type Aftermath = 'kept' | 'repaired' | 'undone' | 'unknown';
