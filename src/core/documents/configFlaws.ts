import { hasEnvironmentReference } from './environmentReferences.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { shownKey } from './shownText.ts';

/** What is wrong at one place (`auth.order.x`) of a config, without its value, which may be a secret. */
export interface ConfigFlaw {
  readonly key: string;
  readonly what: ConfigFlawKind;
}

export type ConfigFlawKind =
  | 'unknownKey'
  | 'missing'
  | 'notAnObject'
  | 'notAList'
  | 'notAText'
  /** Neither `api_key`, `oauth` nor `token`. */
  | 'notAMode'
  | 'notAPositiveNumber';

/** After so many, nobody reads on. */
const MOST_FLAWS = 50;

/**
 * Why CoderClaw would refuse a config (its includes followed, its `${NAME}`s replaced), as far as `auth` and
 * the ids of agents go: what CoderClaw 2026.3.21 checks there (its `src/config/zod-schema.ts`). Keys
 * that later versions may add beside the cooldowns are not held against it. Pure.
 */
export function flawsOf(root: JsonValue): readonly ConfigFlaw[] {
  const flaws: ConfigFlaw[] = [];
  const tell = (path: readonly string[], what: ConfigFlawKind): void => {
    const key = path.map((part) => shownKey(part)).join('.');
    if (flaws.length < MOST_FLAWS) flaws.push({ key, what });
  };
  const part = new Part(root, [], tell);
  const auth = part.object('auth');
  auth?.only(['profiles', 'order', 'cooldowns']);
  for (const profile of auth?.object('profiles')?.objects() ?? []) {
    profile.only(['provider', 'mode', 'email']);
    profile.text('provider', 'wanted');
    profile.mode('mode');
    profile.text('email');
  }
  auth?.object('order')?.listsOfTexts();
  const cooldowns = auth?.object('cooldowns');
  for (const key of ['billingBackoffHours', 'billingMaxHours', 'failureWindowHours']) {
    cooldowns?.positiveNumber(key);
  }
  const byProvider = cooldowns?.object('billingBackoffHoursByProvider');
  for (const provider of byProvider?.keys() ?? []) byProvider?.positiveNumber(provider);
  for (const agent of part.object('agents')?.listOfObjects('list') ?? []) {
    agent.text('id', 'wanted');
  }
  return flaws;
}

type Tell = (path: readonly string[], what: ConfigFlawKind) => void;

/** An object of the config, and where it stands. */
class Part {
  readonly #value: JsonObject;
  readonly #path: readonly string[];
  readonly #tell: Tell;

  constructor(value: JsonValue, path: readonly string[], tell: Tell) {
    this.#value = isJsonObject(value) ? value : {};
    this.#path = path;
    this.#tell = tell;
  }

  keys(): readonly string[] {
    return Object.keys(this.#value);
  }

  only(known: readonly string[]): void {
    for (const key of this.keys()) if (!known.includes(key)) this.#flaw(key, 'unknownKey');
  }

  object(key: string): Part | undefined {
    const value = this.#at(key);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Part(value, [...this.#path, key], this.#tell);
    this.#flaw(key, 'notAnObject');
    return undefined;
  }

  objects(): readonly Part[] {
    return this.keys().flatMap((key) => this.object(key) ?? []);
  }

  listOfObjects(key: string): readonly Part[] {
    const value = this.#at(key);
    if (value === undefined) return [];
    if (!isList(value)) {
      this.#flaw(key, 'notAList');
      return [];
    }
    return value.flatMap((item, index) => {
      const path = [...this.#path, `${key}[${index}]`];
      if (isJsonObject(item)) return [new Part(item, path, this.#tell)];
      this.#tell(path, 'notAnObject');
      return [];
    });
  }

  listsOfTexts(): void {
    for (const key of this.keys()) {
      const value = this.#value[key];
      if (value === undefined || !isList(value)) {
        this.#flaw(key, 'notAList');
        continue;
      }
      for (const [index, item] of value.entries()) {
        if (typeof item !== 'string') this.#flaw(`${key}[${index}]`, 'notAText');
      }
    }
  }

  text(key: string, need?: 'wanted'): string | undefined {
    const value = this.#at(key);
    if (typeof value === 'string') return value;
    if (value !== undefined) this.#flaw(key, 'notAText');
    else if (need === 'wanted') this.#flaw(key, 'missing');
    return undefined;
  }

  mode(key: string): void {
    const mode = this.text(key, 'wanted');
    // A variable that is not set here may well be where the gateway runs.
    if (mode === undefined || hasEnvironmentReference(mode)) return;
    if (!['api_key', 'oauth', 'token'].includes(mode)) this.#flaw(key, 'notAMode');
  }

  positiveNumber(key: string): void {
    const value = this.#at(key);
    const isFine = value === undefined || (typeof value === 'number' && value > 0);
    if (!isFine) this.#flaw(key, 'notAPositiveNumber');
  }

  #at(key: string): JsonValue | undefined {
    return Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
  }

  #flaw(key: string, what: ConfigFlawKind): void {
    this.#tell([...this.#path, key], what);
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
