import { redact } from '../redact.ts';

const LONGEST = 500;

/**
 * What a provider says about an error, made fit to be shown and logged: one line, no control or
 * direction-changing characters, not endless, and without the secrets that some servers echo.
 * Undefined if nothing is left.
 */
export function providerWords(text: string, secrets: Iterable<string> = []): string | undefined {
  const line = text
    .slice(0, 8 * LONGEST)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const safe = redact(line, secrets);
  if (safe === '') return undefined;
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}
