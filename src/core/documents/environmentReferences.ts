import { isJsonObject, type JsonValue } from './json.ts';

/** The process environment, or what stands for it in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What becomes of the references in a config. */
export interface EnvironmentReferences {
  /** See {@link resolveEnvironment}. */
  resolve(value: JsonValue): JsonValue;
  /** See {@link unsetReference}. */
  unset(text: string): string | undefined;
}

export function environmentReferences(env: Environment): EnvironmentReferences {
  return {
    resolve: (value) => resolveEnvironment(value, env),
    unset: (text) => unsetReference(text, env),
  };
}

/** `${NAME}`, and `$${NAME}` for the literal text. Names are upper case, as the CLI wants them. */
const REFERENCE = /(\$?)\$\{([A-Z_][A-Z0-9_]*)\}/g;

/** Whether a text of the config takes something from the environment. */
export function hasEnvironmentReference(text: string): boolean {
  return text.search(REFERENCE) !== -1;
}

/** The first `${NAME}` in a text whose name is not set in the environment; undefined if none. */
export function unsetReference(text: string, env: Environment): string | undefined {
  for (const [, escaping, name] of text.matchAll(REFERENCE)) {
    if (escaping === '' && name !== undefined && envValueOf(env, name) === undefined) return name;
  }
  return undefined;
}

/**
 * The value with every `${NAME}` in its texts (not in its keys) replaced from the environment. A
 * name that is not set stays as it is written: what this editor's environment lacks, the gateway's
 * may have. For reading only: the result is never written back.
 */
export function resolveEnvironment(value: JsonValue, env: Environment): JsonValue {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (whole, escaping: string, name: string) => {
      if (escaping !== '') return whole.slice(1);
      return envValueOf(env, name) ?? whole;
    });
  }
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((item) => resolveEnvironment(item, env));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveEnvironment(item, env)]),
  );
}

/** Empty counts as not set, as in CoderClaw. */
function envValueOf(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === '' ? undefined : value;
}
