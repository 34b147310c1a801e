import { type Disposable, ThemeColor, Uri, window } from 'vscode';

const SCHEME = 'coderclaw-dimmed';

/** What a dimmed row is a row of, towards VS Code: nothing that could be opened. */
export const dimmedUri = Uri.from({ scheme: SCHEME, path: '/' });

/** Has VS Code draw the labels of dimmed rows grey: a row has no colour of its own. */
export function decorateDimmed(): Disposable {
  const decoration = { color: new ThemeColor('disabledForeground') };
  return window.registerFileDecorationProvider({
    provideFileDecoration: ({ scheme }) => (scheme === SCHEME ? decoration : undefined),
  });
}
