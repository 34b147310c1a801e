import type { AuthStore, Credential } from '../documents/authStore.ts';
import type { CoderClawConfig } from '../documents/config.ts';
import { usableEnd } from './order.ts';

/** The word that CoderClaw 2026.3.21 has for a profile. People get the truer `ProfileState`. */
export type CliProfileStatus = 'ok' | 'expiring' | 'expired' | 'missing' | 'static';

export type CliProviderStatus = 'ok' | 'expiring' | 'expired' | 'static';

/** One row of `coderclaw models status --json`. Key names are the CLI's. */
export interface CliProfileHealth {
  readonly profileId: string;
  /** As stored, not normalized. */
  readonly provider: string;
  readonly type: Credential['type'];
  readonly status: CliProfileStatus;
  /** Milliseconds since the epoch, as stored; a stored `null` of an OAuth profile shows as such. */
  readonly expiresAt?: number | null;
  /** Milliseconds; negative when past. */
  readonly remainingMs?: number;
  readonly source: 'store';
  readonly label: string;
}

export interface CliProviderHealth {
  /** As stored: two spellings are two rows. */
  readonly provider: string;
  readonly status: CliProviderStatus;
  /** The soonest end of its profiles. */
  readonly expiresAt?: number;
  readonly remainingMs?: number;
}

export interface CliHealth {
  /** By provider, then by profile id, in the CLI's collation. */
  readonly profiles: readonly CliProfileHealth[];
  readonly providers: readonly CliProviderHealth[];
}

/** How long before its end the CLI calls a profile `expiring`. */
export const CLI_WARN_MS = 24 * 60 * 60 * 1000;

/** The health part of `coderclaw models status`, in the CLI's own words. Pure. */
export function cliHealth(
  store: AuthStore,
  config: Pick<CoderClawConfig, 'authProfiles'>,
  now: number,
): CliHealth {
  const profiles = [...store.profiles]
    .map(([id, credential]) => profileHealth(id, credential, config, now))
    .sort((a, b) => a.provider.localeCompare(b.provider) || a.profileId.localeCompare(b.profileId));
  const byProvider = new Map<string, CliProfileHealth[]>();
  for (const profile of profiles) {
    const rows = byProvider.get(profile.provider);
    if (rows === undefined) byProvider.set(profile.provider, [profile]);
    else rows.push(profile);
  }
  const providers = [...byProvider]
    .map(([provider, rows]) => providerHealth(provider, rows, now))
    .sort((a, b) => a.provider.localeCompare(b.provider));
  return { profiles, providers };
}

function profileHealth(
  profileId: string,
  credential: Credential,
  config: Pick<CoderClawConfig, 'authProfiles'>,
  now: number,
): CliProfileHealth {
  const row = {
    profileId,
    provider: credential.provider,
    type: credential.type,
    source: 'store',
    label: profileLabel(profileId, credential, config),
  } as const;
  if (credential.type === 'api_key') return { ...row, status: 'static' };

  const end = usableEnd(credential.expires);
  const remainingMs = end === undefined ? undefined : end - now;
  if (credential.type === 'token') {
    if (end === undefined || remainingMs === undefined) return { ...row, status: 'static' };
    return { ...row, status: statusOf(remainingMs), expiresAt: end, remainingMs };
  }
  const expiresAt = credential.expires ?? (credential.raw['expires'] === null ? null : undefined);
  const shown = expiresAt === undefined ? row : { ...row, expiresAt };
  if (remainingMs === undefined) return { ...shown, status: 'missing' };
  // Unlike elsewhere, CoderClaw does not trim here: spaces pass for a refresh token.
  const renewsItself = (credential.refresh ?? '') !== '';
  return { ...shown, status: renewsItself ? 'ok' : statusOf(remainingMs), remainingMs };
}

function statusOf(remainingMs: number): CliProfileStatus {
  if (remainingMs <= 0) return 'expired';
  return remainingMs <= CLI_WARN_MS ? 'expiring' : 'ok';
}

function providerHealth(
  provider: string,
  profiles: readonly CliProfileHealth[],
  now: number,
): CliProviderHealth {
  const ending = profiles.filter((profile) => profile.type !== 'api_key');
  if (ending.length === 0) return { provider, status: 'static' };
  const statuses = new Set(ending.map((profile) => profile.status));
  const status =
    statuses.has('expired') || statuses.has('missing')
      ? 'expired'
      : statuses.has('expiring')
        ? 'expiring'
        : 'ok';
  const ends = ending.map((profile) => profile.expiresAt).filter((end) => typeof end === 'number');
  if (ends.length === 0) return { provider, status };
  const expiresAt = Math.min(...ends);
  return { provider, status, expiresAt, remainingMs: expiresAt - now };
}

/** `<id> (<e-mail>)`; the config's e-mail wins, as in the CLI. */
export function profileLabel(
  profileId: string,
  credential: Credential,
  config: Pick<CoderClawConfig, 'authProfiles'>,
): string {
  const email =
    config.authProfiles.get(profileId)?.email?.trim() || credential.email?.trim() || undefined;
  return email === undefined ? profileId : `${profileId} (${email})`;
}
