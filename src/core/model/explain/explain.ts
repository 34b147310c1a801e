import { normalizeProviderId } from '../../documents/providerIds.ts';
import type { SessionEntry } from '../../documents/sessions.ts';
import { providerFor } from '../agentModels.ts';
import { effectiveStore } from '../effectiveStore.ts';
import { readableConfig } from '../readableConfig.ts';
import type { Reads, SessionContext } from '../reads.ts';
import { SessionList, sessionProvider } from '../sessionList.ts';
import { chosenBy, pickForSession } from '../sessionPick.ts';
import type {
  Answer,
  Explanation,
  Outcome,
  SessionsStep,
  Standing,
  Step,
  Subject,
} from './explanation.ts';
import { explainOrder, type Scene } from './orderSteps.ts';

export interface ExplainQuery {
  readonly reads: Reads;
  /** Path of the state folder. */
  readonly stateDir: string;
  readonly agentId: string;
  readonly subject: Subject;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of this process: which variables are set, and nothing of what they hold. */
  readonly environment: Scene['environment'];
  /** What a session does once it was reset, in place of what it does at its next turn. */
  readonly isNewSession?: boolean;
}

/**
 * Why an agent uses what it uses, by the rules of CoderClaw 2026.3.21: those of `effectiveOrder` and
 * `pickForSession`, and of its `src/agents/pi-embedded-runner/run.ts` and `src/agents/model-auth.ts` for
 * what comes of them (which of the order are tried, and where keys come from without one). Pure, and
 * without a secret.
 */
export function explain(query: ExplainQuery): Explanation {
  const { reads, subject, now, environment } = query;
  const dir = reads.stateDirs.find(({ path }) => path === query.stateDir);
  const agent = dir?.agents.find(({ id }) => id === query.agentId);
  if (dir === undefined || agent === undefined) return GONE;
  const store = effectiveStore(agent.store, dir.mainStore);
  if (store === undefined) {
    return agent.store.kind === 'whole' || agent.store.kind === 'absent'
      ? GONE
      : { answer: { kind: 'unknown', store: agent.store }, steps: [] };
  }
  const scene: Scene = { reads, dir, agent, store, now, environment };
  switch (subject.kind) {
    case 'provider':
      return explainProvider(scene, subject.provider);
    case 'profile':
      return explainProfile(scene, subject.profileId);
    case 'session':
      return explainSession(scene, subject.sessionKey, query.isNewSession === true);
  }
}

const GONE: Explanation = { answer: { kind: 'gone' }, steps: [] };

function explainProvider(scene: Scene, name: string): Explanation & { readonly answer: Outcome } {
  const provider = normalizeProviderId(name);
  const { outcome, steps } = explainOrder(scene, provider);
  const sessions = sessionsStep(scene, provider, outcome);
  const before = steps.findIndex(({ kind }) => kind === 'environment');
  return {
    provider,
    answer: outcome,
    steps:
      sessions === undefined
        ? steps
        : [...steps.slice(0, before), sessions, ...steps.slice(before)],
  };
}

function explainProfile(scene: Scene, profileId: string): Explanation {
  const credential = scene.store.profiles.get(profileId);
  if (credential === undefined) return GONE;
  const { answer: outcome, ...rest } = explainProvider(scene, credential.provider);
  const standing = standingOf(profileId, rest.steps);
  return standing === undefined
    ? GONE
    : { ...rest, answer: { kind: 'profile', profileId, standing, outcome } };
}

function standingOf(profileId: string, steps: readonly Step[]): Standing | undefined {
  for (const step of steps) {
    switch (step.kind) {
      case 'unlisted':
        if (has(step, profileId)) return { kind: 'unlisted', source: step.source };
        break;
      case 'unfit': {
        const found = has(step, profileId);
        if (found) return { kind: 'unfit', why: found.why };
        break;
      }
      case 'pausing': {
        const found = has(step, profileId);
        if (found) return { kind: 'pausing', until: found.pause.until };
        break;
      }
      case 'tried': {
        const ids = step.profiles.map((one) => one.profileId);
        const place = ids.indexOf(profileId);
        if (place === 0) return { kind: 'next' };
        if (place > 0) return { kind: 'later', place, before: ids.slice(0, place) };
        break;
      }
    }
  }
  return undefined;
}

function has<One extends { readonly profileId: string }>(
  { profiles }: { readonly profiles: readonly One[] },
  profileId: string,
): One | undefined {
  return profiles.find((one) => one.profileId === profileId);
}

function explainSession(scene: Scene, sessionKey: string, isNewSession: boolean): Explanation {
  const entry = sessionsOf(scene).find(({ key }) => key === sessionKey);
  if (entry === undefined) return GONE;
  const found = sessionProvider(entry, sessionContext(scene));
  const { model, pin, compactions } = entry;
  const { profileId } = pin;
  if (found === undefined) {
    return { answer: { kind: 'noProvider' }, steps: [{ kind: 'pin' }] };
  }
  const { provider, from } = found;
  const { store, now } = scene;
  const config = readableConfig(scene.dir.config);
  const pick = pickForSession({
    ...{ provider, store, config, now, pin, compactions, isNewSession },
  });
  const isOnly = pick.reason === 'pinnedByPerson';
  const preferred =
    pick.profileId === undefined ? undefined : { profileId: pick.profileId, isOnly };
  const { outcome, steps } = explainOrder(scene, provider, preferred);
  const stale = pick.stale === undefined ? {} : { stale: pick.stale };
  const answer: Answer =
    pick.profileId === undefined || pick.reason === undefined
      ? outcome
      : { kind: 'session', profileId: pick.profileId, reason: pick.reason, ...stale };
  return {
    provider,
    answer,
    steps: [
      { kind: 'model', provider, from, ...(model !== undefined && { model }) },
      profileId === undefined
        ? { kind: 'pin' }
        : { kind: 'pin', profileId, by: chosenBy(pin), ...stale },
      ...steps,
    ],
  };
}

/** Absent where no session uses another one. */
function sessionsStep(scene: Scene, provider: string, outcome: Outcome): SessionsStep | undefined {
  const context = sessionContext(scene);
  const counts = new Map<string, number>();
  for (const { pin, compactions, ...entry } of sessionsOf(scene)) {
    if (sessionProvider({ ...entry, pin }, context)?.provider !== provider) continue;
    const { profileId } = pickForSession({
      ...context,
      provider,
      pin,
      compactions,
      isNewSession: false,
    });
    if (profileId === undefined || (outcome.kind === 'uses' && outcome.profileId === profileId))
      continue;
    counts.set(profileId, (counts.get(profileId) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  return {
    kind: 'sessions',
    others: [...counts].map(([profileId, count]) => ({ profileId, count })),
  };
}

function sessionsOf({ agent: { sessions } }: Scene): readonly SessionEntry[] {
  return sessions instanceof SessionList ? sessions.sessions : [];
}

function sessionContext({ dir, agent, store, now }: Scene): SessionContext {
  const provider = 'config' in dir.config ? providerFor(dir.config.config, agent.id) : undefined;
  return { store, config: readableConfig(dir.config), provider, now };
}
