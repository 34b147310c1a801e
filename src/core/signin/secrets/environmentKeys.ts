import { normalizeProviderId } from '../../documents/providerIds.ts';
import { mask } from '../../redact.ts';
import type { Environment } from '../endpoints.ts';
import { apiKeyProviders } from './apiKeyProviders.ts';
import { badSecret, readSecret } from './pastedSecret.ts';

/** A key that the environment of the host holds already, as it may be shown. */
export interface EnvironmentKey {
  readonly variable: string;
  /** The key but for its last four characters at most; nothing of a short one. */
  readonly hint: string;
}

/**
 * Which variables hold a key for a provider, so that it can be offered. The keys themselves stay where
 * they are: {@link keyFromEnvironment} is for once the person has agreed.
 */
export function keysInEnvironment(
  provider: string,
  environment: Environment,
): readonly EnvironmentKey[] {
  return variablesOf(provider).flatMap((variable) => {
    try {
      const key = readSecret(environment[variable] ?? '');
      return [{ variable, hint: mask(key) }];
    } catch {
      // Not set, or set to what is no key.
      return [];
    }
  });
}

/**
 * The key that a variable holds.
 * @throws {KnownError} `secret.bad`: it is not set any more, or to something else; also for a variable
 * that is not one of this provider's.
 */
export function keyFromEnvironment(
  provider: string,
  variable: string,
  environment: Environment,
): string {
  if (!variablesOf(provider).includes(variable)) throw badSecret('empty');
  return readSecret(environment[variable] ?? '');
}

function variablesOf(provider: string): readonly string[] {
  const id = normalizeProviderId(provider);
  return apiKeyProviders.find((one) => one.id === id)?.variables ?? [];
}
