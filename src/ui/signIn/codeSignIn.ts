import { l10n } from 'vscode';
import { Cancelled } from '../../core/clock.ts';
import type { StoredProfile } from '../../core/custody/signInService.ts';
import { isJsonObject } from '../../core/documents/json.ts';
import { normalizeProviderId } from '../../core/documents/providerIds.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import type { DeviceCodeOptions, SignInProvider } from '../../core/signin/registry.ts';
import { askAccountOptions } from '../addProfile/accountQuestions.ts';
import type { CodeFlow } from './codeFlow.ts';
import type { StoreRequest } from './signInFlow.ts';

export interface CodeSignInParts {
  /** By normalized id; undefined where nobody can sign in to it here. */
  readonly provider: (id: string) => Promise<SignInProvider | undefined>;
  readonly flow: () => Promise<CodeFlow>;
  /** `SignInService.stored`. */
  readonly stored: (
    files: StoreRequest['files'],
    provider: string,
  ) => Promise<readonly StoredProfile[]>;
}

/**
 * Signs in by a code. What the provider needs to know before it gives one, and was not asked yet, is
 * taken from the profile that is to be renewed, or asked.
 * @throws {Cancelled} The person closed a question.
 * @throws {KnownError} `signin.badEndpoint`, `store.*`
 */
export async function signInByCode(
  request: StoreRequest,
  known: DeviceCodeOptions | undefined,
  parts: CodeSignInParts,
): Promise<void> {
  const id = normalizeProviderId(request.provider);
  const provider = await parts.provider(id);
  if (!provider?.deviceCode) throw new Error(`no code for ${shownKey(request.provider)}`);
  const options = known ?? (await optionsOf(request, provider, parts));
  const descriptor = await provider.deviceCode(options);
  const flow = await parts.flow();
  await flow.run({ ...request, descriptor });
}

async function optionsOf(
  { profileId, files, provider: id }: StoreRequest,
  { asks, label }: SignInProvider,
  { stored }: CodeSignInParts,
): Promise<DeviceCodeOptions> {
  if (asks === undefined) return {};
  if (profileId !== undefined && asks === 'enterprise') {
    const profile = (await stored(files, id)).find((one) => one.id === profileId);
    return enterpriseOf(profile);
  }
  const title = l10n.t('Sign in to {0}', label);
  const answer = await askAccountOptions(asks, { title, canGoBack: false });
  if (answer.kind === 'back') throw new Cancelled();
  return answer.options;
}

/** The GitHub Enterprise that a stored login is of: it is renewed where it came from. */
function enterpriseOf(profile: StoredProfile | undefined): DeviceCodeOptions {
  const entry = profile?.entry;
  const enterprise = isJsonObject(entry) ? entry['enterpriseUrl'] : undefined;
  return typeof enterprise === 'string' ? { enterprise } : {};
}
