import { basename } from 'node:path';
import { l10n } from 'vscode';
import { providerName } from './providers.ts';

/** What is asked before older sign-ins are imported. */
export function importQuestion(
  agentId: string,
  storePath: string,
  plan: {
    readonly sources: readonly string[];
    readonly providers: readonly string[];
    readonly leftOut: readonly { readonly provider: string; readonly path: string }[];
  },
): { readonly message: string; readonly detail: string } {
  const names = plan.sources.map((path) => `${basename(path)}.imported-…`);
  const [name = '', ...more] = names;
  const leftOut = plan.leftOut.map(({ provider, path }) =>
    l10n.t('{0} in {1}', providerName(provider), path),
  );
  return {
    message: l10n.t('Import the older sign-ins of agent {0}?', agentId),
    detail: [
      l10n.t('They stand in {0}.', plan.sources.join(', ')),
      l10n.t('Stored in {0} will be: {1}.', storePath, plan.providers.map(providerName).join(', ')),
      ...(leftOut.length === 0
        ? []
        : [
            l10n.t(
              'Not stored, since another sign-in takes its place: {0}. It stays in the file that is kept.',
              leftOut.join(', '),
            ),
          ]),
      more.length === 0
        ? l10n.t('The old file is not deleted: it is kept in its folder as {0}.', name)
        : l10n.t(
            'The old files are not deleted: they are kept in their folders as {0} and {1}.',
            name,
            more.join(', '),
          ),
    ].join(' '),
  };
}

/**
 * What is told once they are.
 * @param left Files that could not be renamed; absolute paths.
 */
export function importedWords(
  agentId: string,
  count: number,
  files: { readonly kept: readonly string[]; readonly left: readonly string[] },
): { readonly text: string; readonly isWarning: boolean } {
  const what =
    count === 1
      ? l10n.t('Imported one older sign-in for {0}.', agentId)
      : l10n.t('Imported {0} older sign-ins for {1}.', count, agentId);
  if (files.left.length > 0) {
    const left = l10n.t(
      '{0} could not be renamed. It is not needed any more; move it away.',
      files.left.join(', '),
    );
    return { text: `${what} ${left}`, isWarning: true };
  }
  const kept =
    files.kept.length === 1
      ? l10n.t('The old file is kept as {0}.', files.kept.join(', '))
      : l10n.t('The old files are kept as {0}.', files.kept.join(', '));
  return { text: `${what} ${kept}`, isWarning: false };
}
