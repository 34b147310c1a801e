import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';

/** A JSON schema, as far as tests look into one. */
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly markdownDescription?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** A schema that VS Code is told of by the manifest. */
export function readSchema(name: 'auth-profiles' | 'coderclaw'): Schema {
  return JSON.parse(readFileSync(`media/schemas/${name}.schema.json`, 'utf8')) as Schema;
}

/** What a schema has against a document: each with the place of it. */
export function complaints(schema: Schema): (document: unknown) => readonly ErrorObject[] {
  // VS Code's own keywords, of snippets and texts, are not ajv's.
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  return (document) => (validate(document) ? [] : (validate.errors ?? []));
}

/** Every schema within one, and itself. */
export function* within(schema: unknown): Generator<Schema> {
  if (typeof schema !== 'object' || schema === null) return;
  if (!Array.isArray(schema)) yield schema as Schema;
  for (const part of Object.values(schema)) yield* within(part);
}

/** Every property that a schema names anywhere, with the schema of its value. */
export function namedProperties(schema: Schema): readonly (readonly [string, Schema])[] {
  return [...within(schema)].flatMap(({ properties }) =>
    typeof properties === 'object' ? Object.entries(properties) : [],
  );
}
