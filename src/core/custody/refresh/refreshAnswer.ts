import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import type { Identity } from '../../signin/descriptor.ts';
import type { RenewedTokens } from '../../signin/refreshGrant.ts';

/** What a refresh brought, as it stands in the journal until every holder has it. Holds tokens. */
export function toAnswer({ fields, identity }: RenewedTokens): JsonObject {
  return { fields, identity: { ...identity } };
}

/** Undefined for what another version may have written. */
export function fromAnswer(answer: JsonObject | undefined): RenewedTokens | undefined {
  const fields = usableFields(answer?.['fields']);
  const identity = identityOf(answer?.['identity']);
  return fields === undefined || identity === undefined ? undefined : { fields, identity };
}

/** Tokens that can be stored: both, and a positive end. Other fields come along. */
export function usableFields(value: JsonValue | undefined): RenewedTokens['fields'] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { access, refresh, expires } = value;
  if (typeof access !== 'string' || access.trim() === '') return undefined;
  if (typeof refresh !== 'string' || refresh.trim() === '') return undefined;
  if (typeof expires !== 'number' || !Number.isFinite(expires) || expires <= 0) return undefined;
  return { ...value, access, refresh, expires };
}

function identityOf(value: JsonValue | undefined): Identity | undefined {
  if (!isJsonObject(value) || typeof value['provider'] !== 'string') return undefined;
  const { provider, accountId, userId, email } = value;
  return {
    provider,
    ...(typeof accountId === 'string' && { accountId }),
    ...(typeof userId === 'string' && { userId }),
    ...(typeof email === 'string' && { email }),
  };
}
