import { shownKey } from '../../core/documents/shownText.ts';
import { shown } from '../masking.ts';

/** VS Code cuts a notification there. */
const LONGEST = 1000;

/**
 * Text with words of others in it (profile ids, e-mails, what a provider says) as one plain line:
 * no control, direction or other invisible characters, and no e-mail address where those are masked. For modal dialogs and other plain surfaces.
 */
export function plainText(text: string): string {
  const line = shownKey(text.slice(0, 2 * LONGEST).replace(/\s+/gu, ' '), LONGEST);
  return shown(line).trim();
}

/**
 * Plain text for a notification. VS Code makes `[text](address)` in one a link, and
 * `[text](command:id)` a command, so no `]` is left right before a `(`.
 */
export function messageText(text: string): string {
  return plainText(text).replaceAll('](', '] (');
}

/** Plain text for the status bar, where `$(name)` would be an icon. */
export function statusText(text: string): string {
  return plainText(text).replaceAll('$(', '$ (');
}

/** Plain text for Markdown: nothing in it becomes markup, a link, an icon or a table cell. */
export function markdownText(text: string): string {
  return plainText(text).replace(
    /[\\`*_{}[\]()#+\-.!|<>~$&:/@]/g,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
}
