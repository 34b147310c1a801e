import { basename, dirname, isAbsolute } from 'node:path';
import { l10n } from 'vscode';
import type { Diagnosis } from '../../core/doctor/doctor.ts';
import { type Finding, findingKey, type LoginHolder } from '../../core/doctor/finding.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { locateProfile } from '../commands/locate.ts';
import { profileAbilities } from '../profileAbilities.ts';
import type { Target } from '../target.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { evidenceText, type FindingWords, findingWords, severityWord } from '../words/findings.ts';
import { findingAbout, findingTitle } from '../words/findingTitles.ts';
import { joined } from '../words/joined.ts';
import { plainText } from '../words/plainText.ts';
import { unfinishedWords } from '../words/unfinished.ts';
import { severityIcon } from './severityIcon.ts';
import { shownPath } from './shownPlace.ts';

export interface FindingsDrawing {
  readonly diagnosis: Diagnosis;
  /** Of the same moment, or later: what can be done with the profiles that findings are about. */
  readonly snapshot: Snapshot;
  /** The person does not want to see these (`findingKey`) any more. */
  readonly isHidden: (key: string) => boolean;
  /** Whether another extension adds a way to sign in to a provider (normalized id). */
  readonly isAdded: (provider: string) => boolean;
}

/**
 * Pure: the rows of the Findings view, the most severe finding first; below each the whole sentence, what
 * shows it and what to do. Checks that came to no answer have a row at the end.
 */
export function findingNodes(drawing: FindingsDrawing): readonly TreeNode[] {
  const { diagnosis, isHidden } = drawing;
  const shown = diagnosis.findings.filter((one) => !isHidden(findingKey(one)));
  const unfinished = unfinishedNode(diagnosis);
  return [
    ...shown.map((finding) => findingNode(finding, drawing)),
    ...(unfinished ? [unfinished] : []),
  ];
}

/** The row of a finding, for revealing it. */
export function findingRowId(key: string): string {
  return `finding ${key}`;
}

function findingNode(finding: Finding, drawing: FindingsDrawing): TreeNode {
  const { snapshot } = drawing;
  const key = findingKey(finding);
  const { what, evidence, todo } = plainWords(finding);
  const target = targetOf(finding, key);
  const about = findingAbout(finding, snapshot.stateDirs.length > 1);
  const severity = severityWord(finding.severity);
  return {
    id: findingRowId(key),
    target,
    label: findingTitle(finding),
    description: about,
    icon: severityIcon(finding.severity),
    spoken: joined(', ', `${severity}: ${what}`, about),
    flags: joined(
      ' ',
      'finding',
      finding.isRepairable ? 'canRepair' : '',
      shownPath(finding) === undefined ? '' : 'hasFile',
      finding.code === 'store.unplaced' ? 'configProblem' : '',
      ...profileFlags(target, drawing),
    ),
    collapsible: 'collapsed',
    children: [
      lineNode(key, 'what', what, 'quote', target),
      ...evidence.map((one, index) => {
        const line = lineNode(key, index, evidenceText(one), 'search', target);
        if (typeof one !== 'string') return holderNode(line, one.holder, drawing);
        return isAbsolute(one) ? fileNode(line, one) : line;
      }),
      lineNode(key, 'todo', todo, 'lightbulb', target),
    ],
    hover: {
      kind: 'plain',
      text: [`${severity}: ${what}`, evidence.map(evidenceText).join('\n'), todo].join('\n\n'),
    },
  };
}

/** For rows: the paths in it are as files are called, whatever stands in their names. */
function plainWords(finding: Finding): FindingWords {
  const { what, evidence, todo } = findingWords(finding);
  return {
    what: plainText(what),
    evidence: evidence.map((one) =>
      typeof one === 'string' ? plainText(one) : { ...one, text: plainText(one.text) },
    ),
    todo: plainText(todo),
  };
}

/** What is known of a finding, one line of it. */
function lineNode(
  key: string,
  name: string | number,
  text: string,
  icon: string,
  target: Target,
): TreeNode {
  return {
    id: `line ${name} ${key}`,
    target,
    label: text,
    description: '',
    icon: { id: icon },
    spoken: text,
    flags: 'line',
    collapsible: 'none',
    children: [],
    hover: { kind: 'plain', text },
  };
}

/** A path, its end first: that is what a narrow view has room for. */
function fileNode(line: TreeNode, path: string): TreeNode {
  return { ...line, label: basename(path), description: dirname(path), icon: { id: 'file' } };
}

/** A profile that holds the login which a finding is about: something can be done with each. */
function holderNode(line: TreeNode, holder: LoginHolder, drawing: FindingsDrawing): TreeNode {
  const { stateDir, stateDirLabel, agentId, profileId } = holder;
  const target = { stateDir, agentId, profileId };
  return {
    ...line,
    target,
    label: shownKey(profileId),
    description: joined(
      ' · ',
      shownKey(agentId),
      drawing.snapshot.stateDirs.length > 1 ? shownKey(stateDirLabel) : '',
    ),
    icon: { id: 'key' },
    flags: joined(' ', 'holder', 'storeFile', ...profileFlags(target, drawing)),
  };
}

function targetOf({ where, facts }: Finding, finding: string): Target {
  const { stateDir = '', agentId, profileId } = where;
  return {
    ...{ stateDir, finding },
    ...(agentId !== undefined && { agentId }),
    ...('provider' in facts && { provider: facts.provider }),
    ...(profileId !== undefined && { profileId }),
  };
}

/** What commands can do with the profile. */
function profileFlags(
  target: Target,
  { snapshot, isAdded }: Pick<FindingsDrawing, 'snapshot' | 'isAdded'>,
): readonly string[] {
  const located = locateProfile(snapshot, target);
  if (located.kind !== 'found') return [];
  const { dir, agent, provider, profile } = located.place;
  const abilities = profileAbilities(dir, agent, profile, provider.profiles.length, isAdded);
  return abilities.filter((one) => WAYS_ON.has(one));
}

/** What mends a login that only a person can mend. */
const WAYS_ON: ReadonlySet<string> = new Set(['canSignInAgain', 'canReplace', 'canRefresh']);

function unfinishedNode({ unfinished }: Diagnosis): TreeNode | undefined {
  if (unfinished.length === 0) return undefined;
  const label =
    unfinished.length === 1
      ? l10n.t('1 check came to no answer')
      : l10n.t('{0} checks came to no answer', unfinished.length);
  const lines = unfinished.map(unfinishedWords);
  const target = { stateDir: '' };
  return {
    id: 'unfinished',
    target,
    label,
    description: l10n.t('nothing is known of what they look for'),
    icon: { id: 'question' },
    spoken: joined(', ', label, l10n.t('nothing is known of what they look for')),
    flags: 'unfinished',
    collapsible: 'collapsed',
    children: lines.map((line, index) => lineNode('unfinished', index, line, 'question', target)),
    hover: { kind: 'plain', text: lines.join('\n') },
  };
}
