import { KnownError } from '../../core/errors.ts';
import { errorWords } from '../words/errors.ts';

/** Why what a person typed will not do, in a sentence; undefined where `check` throws no {@link KnownError}. */
export function faultOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof KnownError) return errorWords(error).what;
    throw error;
  }
}
