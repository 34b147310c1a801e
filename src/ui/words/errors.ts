import { l10n } from 'vscode';
import type {
  BadCredentials,
  BadPaste,
  ErrorCode,
  ErrorFacts,
  KnownError,
  LockHolder,
  MissingClient,
} from '../../core/errors.ts';
import {
  agentWords,
  badAgentFolderWords,
  badAgentNameWords,
  badBindingWords,
  noTrashWords,
} from './agentErrors.ts';
import { badDurationWords, badSecretWords, fieldName } from './secrets.ts';
import { span } from './time.ts';

/** One sentence what happened and why, one what to do now. */
export interface ErrorWords {
  readonly what: string;
  readonly todo: string;
}

type WordsByCode = { readonly [C in ErrorCode]: (facts: ErrorFacts[C]) => ErrorWords };

const unchanged = (): string => l10n.t('Nothing has been changed.');

const words: WordsByCode = {
  'lock.busy': ({ path, waitedMs, holder }) => ({
    what: l10n.t(
      '{0} has been locked by {1} for over {2}.',
      path,
      holderWords(holder),
      seconds(waitedMs),
    ),
    todo: l10n.t('Nothing has been changed. Wait for it to finish, or close it, and try again.'),
  }),
  'lock.lost': ({ path }) => ({
    what: l10n.t('Another program took the lock of {0} over while it was being changed.', path),
    todo: l10n.t('Nothing has been changed. Try again.'),
  }),
  'disk.contended': ({ path }) => ({
    what: l10n.t('Another program kept writing {0} at the same time.', path),
    todo: l10n.t('Nothing has been changed. Try again in a moment.'),
  }),
  'disk.full': ({ path }) => ({
    what: l10n.t('The disk is full: {0} could not be written.', path),
    todo: l10n.t('The file is as it was. Make room and try again.'),
  }),
  'disk.readOnly': ({ path }) => ({
    what: l10n.t(
      '{0} may not be written: its folder is read-only or belongs to somebody else.',
      path,
    ),
    todo: l10n.t('The file is as it was. Allow writing to its folder and try again.'),
  }),
  'disk.failed': ({ path, syscall, errno }) => ({
    what: l10n.t('{0} could not be written ({1}: {2}).', path, syscall, errno),
    todo: l10n.t('The file is as it was. The log has more.'),
  }),
  'store.unreadable': ({ path, errno }) => ({
    what: l10n.t('{0} cannot be read ({1}).', path, errno),
    todo: l10n.t('Nothing is written over what cannot be read. Look at its owner and permissions.'),
  }),
  'store.torn': ({ path, detail }) => ({
    what: l10n.t('{0} is damaged or half-written: {1}.', path, detail),
    todo: l10n.t(
      'Nothing is written over it. If CoderClaw is just writing it, try again; else open the file and repair it, or restore a copy.',
    ),
  }),
  'store.unknownVersion': ({ path, version }) => ({
    what: l10n.t(
      '{0} has the format version {1}, which this extension does not know.',
      path,
      version,
    ),
    todo: l10n.t('Nothing is written to it. Update the extension.'),
  }),
  'store.duplicateKey': ({ path, key }) => ({
    what: l10n.t('{0} has the key "{1}" twice in one place.', path, key),
    todo: l10n.t(
      'Writing would lose one of the two, so nothing was written. Remove one and try again.',
    ),
  }),
  'store.legacyPending': ({ path, legacyPath }) => ({
    what: l10n.t(
      'Older sign-ins in {0} have not been imported yet, and a new {1} would hide them.',
      legacyPath,
      path,
    ),
    todo: l10n.t('Run "Import Older Sign-Ins" on the agent first, and then try again.'),
  }),
  'legacy.unreadable': ({ path, detail }) => ({
    what: l10n.t('The older sign-ins in {0} cannot be read: {1}.', path, detail),
    todo: l10n.t(
      'Nothing has been changed. Repair the file, or move it away if it is not needed, and try again.',
    ),
  }),
  'sessions.unreadable': ({ path, errno }) =>
    errno === 'EFBIG'
      ? {
          what: l10n.t('The list of sessions {0} is too large to be changed from here.', path),
          todo: l10n.t(
            'It is as it was. Let CoderClaw prune it (session.maintenance in its config), and try again.',
          ),
        }
      : {
          what: l10n.t('The list of sessions {0} cannot be read ({1}).', path, errno),
          todo: l10n.t('It is as it was. Look at its owner and permissions.'),
        },
  'sessions.invalid': ({ path, detail }) => ({
    what: l10n.t('The list of sessions {0} is not valid: {1}.', path, detail),
    todo: l10n.t(
      'It is as it was. CoderClaw writes it anew when a session goes on; try again then.',
    ),
  }),
  'session.gone': ({ sessionKey }) => ({
    what: l10n.t('The session {0} is not in the list any more.', sessionKey),
    todo: l10n.t('Nothing was changed. Begin it again in its chat, and pin it then.'),
  }),
  'config.unreadable': ({ path, errno }) => ({
    what: l10n.t('The config {0} cannot be read ({1}).', path, errno),
    todo: l10n.t('It is as it was. Look at its owner and permissions.'),
  }),
  'config.invalid': ({ path, detail, line, column }) => ({
    what:
      line === undefined
        ? l10n.t('The config {0} is not valid: {1}.', path, detail)
        : l10n.t(
            'The config {0} is not valid at line {1}, column {2}: {3}.',
            path,
            line,
            column ?? 1,
            detail,
          ),
    todo: l10n.t('It is as it was. Open it, correct it, and try again.'),
  }),
  'config.notEditable': ({ path, key }) => ({
    what: l10n.t(
      '{0} takes "{1}" from another file or from the environment, so it was left alone.',
      path,
      key,
    ),
    todo: l10n.t('Change it where it stands.'),
  }),
  'agent.reserved': ({ agentId }) => agentWords.reserved(agentId),
  'agent.exists': ({ agentId }) => agentWords.exists(agentId),
  'agent.gone': ({ agentId }) => agentWords.gone(agentId),
  'agent.notRemovable': ({ agentId }) => agentWords.notRemovable(agentId),
  'agent.badName': ({ why }) => badAgentNameWords(why),
  'agent.badFolder': badAgentFolderWords,
  'binding.taken': ({ agentId }) => agentWords.chatsTaken(agentId),
  'binding.gone': ({ path }) => agentWords.chatsGone(path),
  'binding.bad': badBindingWords,
  'profile.gone': ({ profileId }) => ({
    what: l10n.t('The profile {0} is no longer there.', profileId),
    todo: unchanged(),
  }),
  'profile.changed': ({ profileId }) => ({
    what: l10n.t(
      'Another program keeps changing the profile {0}, so it was not replaced.',
      profileId,
    ),
    todo: l10n.t('Nothing has been lost. Try again in a moment.'),
  }),
  'profile.notCopyable': ({ profileId }) => ({
    what: l10n.t(
      '{0} is a login, and was not copied: the first copy to be renewed ends all others.',
      profileId,
    ),
    todo: l10n.t('Sign in to the other agent by itself, or keep the login in main, which all see.'),
  }),
  'profile.taken': ({ profileId, storePath }) => ({
    what: l10n.t(
      'There is another {0} in {1} already, so it was not copied.',
      profileId,
      storePath,
    ),
    todo: l10n.t('Sign out of that one first if it is not needed, and copy again.'),
  }),
  'trash.unavailable': noTrashWords,
  'order.onlyKeys': ({ provider }) => ({
    what: l10n.t(
      'Only paid API keys are stored for {0}, and CoderClaw takes an empty order for none.',
      provider,
    ),
    todo: l10n.t('Nothing has been changed. Sign in to a subscription first, or remove the key.'),
  }),
  'refresh.unsupported': ({ profileId }) => ({
    what: l10n.t('{0} cannot be renewed from here.', profileId),
    todo: l10n.t(
      'Nothing has been changed. CoderClaw renews it when it uses it, or sign in again.',
    ),
  }),
  'refresh.otherIdentity': ({ profileId }) => ({
    what: l10n.t('Renewing {0} brought the tokens of another account.', profileId),
    todo: l10n.t('They were not stored. Sign in again.'),
  }),
  'signin.refused': ({ error, description }) => ({
    what:
      error === 'access_denied' && !description
        ? l10n.t('The sign-in was refused in the browser.')
        : l10n.t('The sign-in was refused: {0}.', withoutDot(description ?? error)),
    todo: l10n.t('Nothing has been changed. Try again, and allow the access in the browser.'),
  }),
  'signin.codeExpired': () => ({
    what: l10n.t('The code was not entered in time.'),
    todo: l10n.t('Nothing has been changed. Try again to get a new code.'),
  }),
  'signin.notOffered': ({ host }) => ({
    what: l10n.t('{0} does not offer to sign in with a code.', host),
    todo: l10n.t('Nothing has been changed. Sign in with the browser instead.'),
  }),
  'signin.noClient': ({ missing }) => noClientWords(missing),
  'signin.needsProject': () => ({
    what: l10n.t('This account needs a Google Cloud project of its own.'),
    todo: l10n.t(
      'Nothing has been changed. Set GOOGLE_CLOUD_PROJECT in the environment of VS Code to the id of your project, and try again.',
    ),
  }),
  'signin.timeout': ({ minutes }) => ({
    what: l10n.t('Nobody finished the sign-in in the browser within {0} minutes.', minutes),
    todo: l10n.t('Nothing has been changed. Try again when you are ready.'),
  }),
  'signin.badPaste': ({ why }) => badPasteWords(why),
  'signin.network': ({ host, timedOut }) => ({
    what: timedOut
      ? l10n.t('{0} did not answer in time.', host)
      : l10n.t('{0} could not be reached.', host),
    todo: l10n.t('Nothing has been changed. Look at your network or proxy and try again.'),
  }),
  'signin.tokenRefused': ({ host, status, error, description }) => ({
    what:
      description || error
        ? l10n.t(
            '{0} did not accept the sign-in: {1}.',
            host,
            withoutDot(description ?? error ?? ''),
          )
        : l10n.t('{0} did not accept the sign-in (status {1}).', host, status),
    todo: l10n.t('Nothing has been changed. Try again; each sign-in link works only once.'),
  }),
  'signin.badAnswer': ({ host, what }) => ({
    what: badAnswerWords(host, withoutDot(what)),
    todo: l10n.t('Nothing has been changed. Try again; the log has more.'),
  }),
  'signin.kept': ({ why }) => {
    const { what, todo } = errorWords(why);
    const kept = l10n.t('The new sign-in is kept and will be stored as soon as that works.');
    return { what, todo: `${todo} ${kept}` };
  },
  'signin.badEndpoint': ({ what }) => ({
    what: l10n.t('The address set for the sign-in is not allowed: {0}.', withoutDot(what)),
    todo: l10n.t('It must begin with https. Remove or correct it in the environment of VS Code.'),
  }),
  'plugin.failed': ({ label, description }) => ({
    what:
      description === undefined
        ? l10n.t('{0} failed in the extension that adds it.', label)
        : l10n.t('{0} says: {1}.', label, withoutDot(description)),
    todo: l10n.t('Nothing has been changed. Try again; if it stays, ask the makers of {0}.', label),
  }),
  'plugin.badLink': ({ label }) => ({
    what: l10n.t('{0} wanted to open an address that is not allowed.', label),
    todo: l10n.t(
      'It was not opened, and nothing has been changed. Pages must begin with https; tell the makers of the extension.',
    ),
  }),
  'plugin.badCredentials': ({ label, field, why }) => ({
    what: l10n.t(
      '{0} gave a sign-in that cannot be stored: {1}.',
      label,
      badFieldWords(field, why),
    ),
    todo: l10n.t('Nothing has been changed. Tell the makers of the extension that adds it.'),
  }),
  'secret.bad': ({ why }) => badSecretWords(why),
  'secret.badDuration': ({ why }) => badDurationWords(why),
  'secret.badField': ({ field }) => ({
    what: l10n.t('The {0} is missing, or is not one plain word.', fieldName(field)),
    todo: l10n.t('Copy it from the page of the provider, without spaces.'),
  }),
  'cli.notAProgram': ({ path }) => ({
    what: l10n.t('The setting "CoderClaw: CLI Path" names no program: {0}.', path),
    todo: l10n.t(
      'Correct it to the absolute path of the coderclaw program, or empty it to look on PATH.',
    ),
  }),
  'program.notStarted': ({ name }) => ({
    what: l10n.t('VS Code did not start "{0}" in a terminal.', name),
    todo: l10n.t('Nothing has been changed. Try again, or run it in a terminal of your own.'),
  }),
  'secret.badProvider': ({ why }) => ({
    what:
      why === 'empty'
        ? l10n.t('No provider was named.')
        : l10n.t('This cannot be the id of a provider.'),
    todo: l10n.t(
      'Type it as CoderClaw writes it before the colon of a profile: small letters, digits, dots and hyphens.',
    ),
  }),
};

/** What a person reads of a failure with a code. Total over all codes, by its type. */
export function errorWords<C extends ErrorCode>(error: KnownError<C>): ErrorWords {
  return words[error.code](error.facts);
}

function noClientWords(missing: MissingClient): ErrorWords {
  switch (missing) {
    case 'geminiCli':
      return {
        what: l10n.t('The Gemini CLI was not found, and signing in to it needs its client id.'),
        todo: l10n.t(
          'Install it (npm install -g @google/gemini-cli) or set GEMINI_CLI_OAUTH_CLIENT_ID and GEMINI_CLI_OAUTH_CLIENT_SECRET in the environment of VS Code, and try again.',
        ),
      };
    case 'chutes':
      return {
        what: l10n.t('Signing in to Chutes needs the client id of an app of yours.'),
        todo: l10n.t(
          'Register one at Chutes, set CHUTES_CLIENT_ID in the environment of VS Code, and try again.',
        ),
      };
  }
}

function badFieldWords(field: string, why: BadCredentials): string {
  switch (why) {
    case 'malformed':
      return l10n.t('"{0}" is missing or malformed', field);
    case 'notMilliseconds':
      return l10n.t('"{0}" is not in milliseconds since 1970', field);
    case 'notJson':
      return l10n.t('"{0}" cannot be written as JSON', field);
    case 'tooLarge':
      return l10n.t('it is too large');
  }
}

/** Shown in the sign-in dialog, which goes on waiting. */
export function badPasteWords(why: BadPaste): ErrorWords {
  switch (why) {
    case 'empty':
      return {
        what: l10n.t('Nothing was pasted.'),
        todo: l10n.t('Paste the address that the browser ended on.'),
      };
    case 'notAnAddress':
      return {
        what: l10n.t('This is not the address of a page.'),
        todo: l10n.t('Copy the whole address from the browser, beginning with http.'),
      };
    case 'otherAddress':
      return {
        what: l10n.t('This is not the page that the sign-in ends on.'),
        todo: l10n.t('Finish in the browser first, then copy the address of the last page.'),
      };
    case 'otherAttempt':
      return {
        what: l10n.t('This address belongs to another sign-in.'),
        todo: l10n.t('Use the browser page that this sign-in opened, or open it again.'),
      };
    case 'noCode':
      return {
        what: l10n.t('There is no sign-in code in this address.'),
        todo: l10n.t('Copy the whole address of the last page, to its very end.'),
      };
    case 'bareCode':
      return {
        what: l10n.t(
          'This is only the code, without the part that shows that it belongs to this sign-in.',
        ),
        todo: l10n.t('Paste the whole address, or use the code all the same.'),
      };
  }
}

function holderWords(holder: LockHolder | undefined): string {
  if (holder?.app !== undefined && holder.pid) {
    return l10n.t('{0} (process {1})', holder.app, holder.pid);
  }
  if (holder?.pid) return l10n.t('another program (process {0})', holder.pid);
  return l10n.t('another program');
}

function seconds(ms: number): string {
  return ms < 60_000 ? l10n.t('{0} s', Math.max(1, Math.round(ms / 1000))) : span(ms);
}

/** @param what Of `signin.badAnswer`: mostly the name of a field. */
function badAnswerWords(host: string, what: string): string {
  switch (what) {
    case 'size':
      return l10n.t('{0} answered with more than a sign-in can be.', host);
    case 'not a JSON object':
      return l10n.t('{0} answered with something else than a sign-in, maybe with a page.', host);
    default:
      return l10n.t('{0} answered in a way that cannot be used: {1}.', host, what);
  }
}

/** Providers end their sentences with a dot, we add our own. */
function withoutDot(text: string): string {
  return text.replace(/[.\s]+$/, '');
}
