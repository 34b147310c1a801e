import { normalizeProviderId } from '../../documents/providerIds.ts';
import { KnownError } from '../../errors.ts';
import type { SignedIn } from '../descriptor.ts';
import { apiKeyProviders, type SecretField } from './apiKeyProviders.ts';

/**
 * A pasted token as CoderClaw 2026.3.21 stores it. Nobody can tell whose it is, so the identity is the
 * provider alone.
 *
 * @param expires milliseconds since the epoch; undefined where the end is not known.
 */
export function pastedToken(provider: string, token: string, expires?: number): SignedIn {
  const id = normalizeProviderId(provider);
  const end = expires === undefined ? {} : { expires };
  return { credential: { type: 'token', provider: id, token, ...end }, identity: { provider: id } };
}

/**
 * An API key as CoderClaw 2026.3.21 stores it, with what the provider needs beside it
 * ({@link fieldsOf}); other fields are left out.
 *
 * @throws {KnownError} `secret.badField`
 */
export function apiKey(
  provider: string,
  key: string,
  fields: Readonly<Partial<Record<SecretField, string>>> = {},
): SignedIn {
  const id = normalizeProviderId(provider);
  const values = fieldsOf(id).map((field) => [field, fieldValue(field, fields[field])] as const);
  const metadata = values.length === 0 ? {} : { metadata: Object.fromEntries(values) };
  return {
    credential: { type: 'api_key', provider: id, key, ...metadata },
    identity: { provider: id },
  };
}

/** What a provider needs beside its key, in the order in which to ask for it; nothing for most. */
export function fieldsOf(provider: string): readonly SecretField[] {
  const id = normalizeProviderId(provider);
  return apiKeyProviders.find((one) => one.id === id)?.fields ?? [];
}

/**
 * One such value as it was typed or pasted, for checking it where it is asked for.
 * @throws {KnownError} `secret.badField`
 */
export function fieldValue(field: SecretField, text: string | undefined): string {
  const value = text?.trim() ?? '';
  // It becomes a part of an address.
  if (!/^[\w.-]{1,128}$/.test(value)) throw new KnownError('secret.badField', { field });
  return value;
}

/**
 * The id of a provider that a person typed, as CoderClaw compares it: for those that are in no list.
 * @throws {KnownError} `secret.badProvider`
 */
export function typedProvider(text: string): string {
  const id = normalizeProviderId(text);
  if (id === '') throw new KnownError('secret.badProvider', { why: 'empty' });
  // A colon would end it within a profile id.
  if (!/^[a-z\d][a-z\d._-]{0,63}$/.test(id)) {
    throw new KnownError('secret.badProvider', { why: 'notAnId' });
  }
  return id;
}
