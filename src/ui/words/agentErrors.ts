import { l10n } from 'vscode';
import type {
  BadAgentFolder,
  BadAgentName,
  BindingField,
  ErrorFacts,
  TrashObstacle,
} from '../../core/errors.ts';
import type { ErrorWords } from './errors.ts';

const unchanged = (): string => l10n.t('Nothing has been changed.');

/** Why a name was not taken for an agent. Shown while it is typed, too. */
export function badAgentNameWords(why: BadAgentName): ErrorWords {
  switch (why) {
    case 'empty':
      return {
        what: l10n.t('The agent has no name.'),
        todo: l10n.t('Type one, for example "Work".'),
      };
    case 'noId':
      return {
        what: l10n.t('No id can be made of this name: ids have letters from a to z and digits.'),
        todo: l10n.t('Type a name with at least one of them.'),
      };
    case 'reference':
      return {
        what: l10n.t('CoderClaw would put a variable of its environment in place of this name.'),
        todo: l10n.t('Type a name without a dollar sign before braces.'),
      };
  }
}

export function badAgentFolderWords({ path, why }: ErrorFacts['agent.badFolder']): ErrorWords {
  return { what: badFolderWords(path, why), todo: l10n.t('Choose another folder.') };
}

function badFolderWords(path: string, why: BadAgentFolder): string {
  switch (why) {
    case 'relative':
      return l10n.t('{0} is not an absolute path, so it is not known where it counts from.', path);
    case 'reference':
      return l10n.t('CoderClaw would put a variable of its environment into {0}.', path);
    case 'taken':
      return l10n.t(
        '{0} is the folder of another agent, and CoderClaw lets no two share one.',
        path,
      );
  }
}

export function badBindingWords({ field, why }: ErrorFacts['binding.bad']): ErrorWords {
  const name = bindingFieldName(field);
  switch (why) {
    case 'empty':
      return {
        what: l10n.t('The {0} is missing.', name),
        todo: l10n.t('Type it, or leave it out.'),
      };
    case 'reference':
      return {
        what: l10n.t(
          'CoderClaw would put a variable of its environment in place of the {0}.',
          name,
        ),
        todo: l10n.t('Type the {0} itself.', name),
      };
    case 'unknown':
      return {
        what: l10n.t('CoderClaw knows no such {0}, and would refuse the whole config.', name),
        todo: l10n.t('Choose a direct message, a group or a channel.'),
      };
  }
}

function bindingFieldName(field: BindingField): string {
  switch (field) {
    case 'channel':
      return l10n.t('channel');
    case 'accountId':
      return l10n.t('account');
    case 'peerKind':
      return l10n.t('kind of chat');
    case 'peerId':
      return l10n.t('id of the chat');
    case 'guildId':
      return l10n.t('id of the server');
    case 'teamId':
      return l10n.t('id of the team');
    case 'roles':
      return l10n.t('role');
  }
}

export function noTrashWords({ path, why, errno }: ErrorFacts['trash.unavailable']): ErrorWords {
  return {
    what: noTrashReason(path, why, errno),
    todo: l10n.t('It is where it was. Move it away yourself if it is not needed any more.'),
  };
}

function noTrashReason(path: string, why: TrashObstacle, errno: string | undefined): string {
  switch (why) {
    case 'platform':
      return l10n.t('There is no trash here that {0} could be moved to.', path);
    case 'otherDevice':
      return l10n.t('{0} was not moved to the trash: the trash is on another disk.', path);
    case 'refused':
      return errno === undefined
        ? l10n.t('{0} was not moved to the trash: that is not allowed.', path)
        : l10n.t('{0} was not moved to the trash: that is not allowed ({1}).', path, errno);
  }
}

/** For an agent that cannot be added, found or removed. */
export const agentWords = {
  reserved: (agentId: string): ErrorWords => ({
    what: l10n.t('The id "{0}" is reserved by CoderClaw.', agentId),
    todo: l10n.t('Choose another name for the agent.'),
  }),
  exists: (agentId: string): ErrorWords => ({
    what: l10n.t('There is an agent with the id "{0}" already.', agentId),
    todo: l10n.t('Choose another name for the new one.'),
  }),
  gone: (agentId: string): ErrorWords => ({
    what: l10n.t('The agent "{0}" is not in the config any more.', agentId),
    todo: unchanged(),
  }),
  notRemovable: (agentId: string): ErrorWords => ({
    what: l10n.t('"{0}" cannot be removed: CoderClaw falls back on it.', agentId),
    todo: l10n.t('Make another agent the default one if this one is not to be used.'),
  }),
  chatsTaken: (agentId: string): ErrorWords => ({
    what: l10n.t('Exactly these chats go to the agent "{0}" already.', agentId),
    todo: l10n.t('Nothing has been changed. Remove them there first, or choose narrower ones.'),
  }),
  chatsGone: (path: string): ErrorWords => ({
    what: l10n.t('These chats are not listed so in {0} any more.', path),
    todo: unchanged(),
  }),
};
