import { shownKey } from '../documents/shownText.ts';

/** Profile ids are `<provider>:<name>`; one without a name goes by its whole id. Fit to be shown. */
export function profileName(id: string): string {
  return shownKey(id.slice(id.indexOf(':') + 1).trim()) || shownKey(id);
}
