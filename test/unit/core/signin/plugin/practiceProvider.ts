import type { OAuthProviderInterface, ProviderOptions } from '../../../../../src/api.ts';
import { type AddedProvider, AddedSignIns } from '../../../../../src/core/signin/addedSignIns.ts';

/** Half an hour after the clocks of these tests. */
export const EXPIRES = Date.UTC(2026, 10, 22, 0, 30);

export const TOKENS = { access: 'at_CANARY', refresh: 'rt_CANARY', expires: EXPIRES };

/** A provider that does nothing but what a test gives it, as it comes out of the registration. */
export function practice(
  parts: Partial<OAuthProviderInterface> = {},
  options?: ProviderOptions,
): AddedProvider {
  const added = new AddedSignIns();
  added.addProvider(
    {
      id: 'practice',
      name: 'Practice',
      login: async () => ({ ...TOKENS }),
      refreshToken: async () => ({ ...TOKENS }),
      getApiKey: ({ access }) => access,
      ...parts,
    },
    options,
  );
  const one = added.get('practice');
  if (one?.kind !== 'provider') throw new Error('it was not added');
  return one.added;
}
