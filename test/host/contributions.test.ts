import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/commandIds.ts';
import {
  extensionId,
  settings,
  setUpKey,
  viewCommands,
  viewContainer,
  viewStateKey,
  viewStates,
  views,
  walkthrough,
} from '../../src/contributions.ts';
import type { SetUp } from '../../src/core/model/setUp.ts';
import { findingsFocus, findingsStateKey, findingsStates } from '../../src/findingIds.ts';

const setUpWords: Readonly<Record<SetUp, true>> = { signedIn: true, arranged: true, fresh: true };

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly when: string; readonly contents: string }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly media: { readonly svg: string; readonly altText: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly menus: Readonly<
      Record<string, readonly { readonly command: string; readonly when?: string }[]>
    >;
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly scope?: string; readonly pattern?: string }>
      >;
    };
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(extensionId);
  assert.ok(found, `${extensionId} is not installed in this host`);
  return found;
}

const manifest = (): Manifest => extension().packageJSON as Manifest;

/** Every command link in a text of the manifest. */
function links(text: string): readonly { readonly command: string; readonly argument: unknown }[] {
  return [...text.matchAll(/\]\(command:([^)?]+)(?:\?([^)]+))?\)/g)].map(([, command, query]) => ({
    command: command ?? '',
    argument: query === undefined ? undefined : JSON.parse(decodeURIComponent(query)),
  }));
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort();

describe('manifest and registrations say the same, both ways', () => {
  const ours = Object.values(commands);

  it('every command of the manifest stands in contributions.ts, and none is missing', () => {
    assert.deepEqual(
      sorted(manifest().contributes.commands.map(({ command }) => command)),
      sorted(ours),
    );
  });

  it('every command is registered in the running host', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const used = [...ours, ...Object.values(viewCommands), findingsFocus];
    assert.deepEqual(
      used.filter((id) => !registered.has(id)),
      [],
    );
    const known = new Set<string>(ours);
    // VS Code itself makes more of them, named after our views.
    const named = Object.values(views).map((view) => `${view}.`);
    const found = [...registered].filter(
      (id) =>
        /^coderclawAuth\.[a-z]+\.[a-zA-Z]+$/i.test(id) &&
        (known.has(id) || !named.some((start) => id.startsWith(start))),
    );
    assert.deepEqual(sorted(found), sorted(ours));
  });

  it('menus name commands that exist, and every clause about rows has its view', () => {
    const known = new Set<string>(ours);
    for (const [menu, entries] of Object.entries(manifest().contributes.menus)) {
      for (const { command, when } of entries) {
        assert.ok(known.has(command), `${menu} names ${command}`);
        if (menu.startsWith('view/'))
          assert.match(when ?? '', new RegExp(`view == (${Object.values(views).join('|')})\\b`));
      }
    }
  });

  it('views and settings', () => {
    const { contributes, capabilities } = manifest();
    assert.deepEqual(
      (contributes.views[viewContainer] ?? []).map(({ id }) => id),
      Object.values(views),
    );
    assert.deepEqual(Object.keys(contributes.configuration.properties), Object.values(settings));
    assert.deepEqual(
      capabilities.untrustedWorkspaces.restrictedConfigurations,
      Object.values(settings),
    );
  });

  it('S24: a workspace can move neither a path nor an endpoint', () => {
    const { properties } = manifest().contributes.configuration;
    const tastes = new Set<string>([
      ...[settings.showUsage, settings.warningsBadge, settings.warningsStatusBarColor],
      ...[settings.warningsNotifications, settings.maskEmails],
    ]);
    for (const [id, { scope, pattern }] of Object.entries(properties)) {
      // An id, which is checked where it is read too, and asked about before it counts.
      if (id === settings.agent) assert.equal(pattern, '^([a-z0-9][a-z0-9_-]{0,63})?$');
      else assert.equal(scope, tastes.has(id) ? 'application' : 'machine', id);
    }
  });

  it('every state of a view but its rows has a welcome text', () => {
    const said = manifest().contributes.viewsWelcome.map(({ when }) => when);
    assert.deepEqual(
      sorted(said),
      sorted([
        ...viewStates
          .filter((state) => state !== 'tree')
          .map((state) => `${viewStateKey} == ${state}`),
        ...findingsStates
          .filter((state) => state !== 'rows')
          .map((state) => `${findingsStateKey} == ${state}`),
      ]),
    );
  });

  it('every link of a welcome text or a step leads to a command that there is', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { viewsWelcome, walkthroughs } = manifest().contributes;
    const steps = walkthroughs.flatMap((one) => one.steps);
    const found = [
      ...viewsWelcome.flatMap(({ contents }) => links(contents)),
      ...steps.flatMap(({ description }) => links(description)),
    ];
    assert.ok(found.length >= steps.length, 'each step has something to do');
    assert.deepEqual(
      found.filter(({ command }) => !registered.has(command)),
      [],
    );
    const withArgument = found.filter(({ argument }) => argument !== undefined);
    assert.deepEqual(
      new Set(withArgument.map(({ command, argument }) => `${command} ${argument}`)),
      new Set([
        `workbench.action.openWalkthrough ${extensionId}#${walkthrough}`,
        `workbench.action.openSettings ${settings.keepFresh}`,
      ]),
    );
  });

  it('the walkthrough: its id, its pictures, and what completes its steps', async () => {
    const { walkthroughs } = manifest().contributes;
    assert.deepEqual(
      walkthroughs.map(({ id }) => id),
      [walkthrough],
    );
    const known: Readonly<Record<string, readonly string[]>> = {
      onCommand: ours,
      onView: Object.values(views),
      onSettingChanged: Object.values(settings),
    };
    const found = viewStates.filter((state) => state !== 'loading' && state !== 'noCoderClaw');
    const steps = new Set([
      `${viewStateKey} =~ /^(${found.join('|')})$/`,
      ...Object.keys(setUpWords).map((word) => `${setUpKey} =~ /\\b${word}\\b/`),
    ]);
    for (const { id, media, completionEvents } of walkthroughs.flatMap((one) => one.steps)) {
      const picture = vscode.Uri.joinPath(extension().extensionUri, media.svg);
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(picture));
      assert.match(text, /^<svg [\s\S]*var\(--vscode-/, media.svg);
      // A colour of its own could not be seen in every theme.
      assert.doesNotMatch(text, /(fill|stroke)="#/, media.svg);
      assert.notEqual(media.altText.trim(), '');
      const moments: string[] = [];
      for (const event of completionEvents) {
        const [, kind = '', what = ''] = /^(\w+):(.+)$/.exec(event) ?? [];
        if (kind === 'onContext') {
          // VS Code forgets what holds when it learns of the step, for good: so each stands there for
          // moments that do not hold at once.
          const [, state = '', moment = ''] =
            /^(.+) && (activeEditor .+|inQuickOpen)$/.exec(what) ?? [];
          const early = ` && config.${settings.keepFresh} == early`;
          assert.ok(steps.has(state.replace(early, '')), event);
          moments.push(moment);
        } else assert.ok(known[kind]?.includes(what), event);
      }
      const shown = 'gettingStartedPage';
      assert.deepEqual(
        moments,
        [`activeEditor == ${shown}`, `activeEditor != ${shown}`, 'inQuickOpen'],
        id,
      );
    }
  });

  it('every text of the manifest has been found in package.nls.json', () => {
    assert.doesNotMatch(JSON.stringify(extension().packageJSON), /"%[^"]*%"/);
  });
});
