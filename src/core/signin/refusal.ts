import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { providerWords } from './providerWords.ts';

/** The provider's own words of a refusal, fit to be shown and logged. */
export interface Refusal {
  readonly error?: string;
  readonly description?: string;
}

/**
 * What the body of a refusal says: RFC 6749 5.2 has strings, OpenAI's API also answers
 * `{"error": {"code", "message"}}`. Empty where it says nothing.
 * @param secrets What was sent: some servers echo it.
 */
export function refusalIn(body: JsonObject | undefined, secrets: Iterable<string>): Refusal {
  const { error: said, error_description: explained } = body ?? {};
  const { code, type, message } = isJsonObject(said) ? said : {};
  const error = words(isJsonObject(said) ? (code ?? type) : said, secrets);
  const description = words(isJsonObject(said) ? message : explained, secrets);
  return {
    ...(error === undefined ? {} : { error }),
    ...(description === undefined ? {} : { description }),
  };
}

function words(value: JsonValue | undefined, secrets: Iterable<string>): string | undefined {
  return typeof value === 'string' ? providerWords(value, secrets) : undefined;
}
