import type { JsonObject } from '../../src/core/documents/json.ts';
import { OPENAI_CODEX } from '../../src/core/signin/providers/openaiCodex.ts';
import type { SharedLogin } from './tasks.ts';
import type { TokenPair } from './tokens.ts';

/** What is stored of a login, in CoderClaw's order of keys. */
export function credentialOf(
  { person }: SharedLogin,
  { access, refresh, expires }: TokenPair & { readonly expires: number },
): JsonObject {
  return {
    ...{ type: 'oauth', provider: OPENAI_CODEX, access, refresh, expires },
    ...{ accountId: `account-${person}`, email: `${person}@example.com` },
  };
}
