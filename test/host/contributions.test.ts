import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  commands,
  extensionId,
  settings,
  viewCommands,
  viewContainer,
  viewStateKey,
  viewStates,
  views,
} from '../../src/contributions.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly when: string; readonly contents: string }[];
    readonly menus: Readonly<
      Record<string, readonly { readonly command: string; readonly when?: string }[]>
    >;
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
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
    const used = [...ours, ...Object.values(viewCommands)];
    assert.deepEqual(
      used.filter((id) => !registered.has(id)),
      [],
    );
    const strangers = [...registered].filter(
      (id) =>
        /^coderclawAuth\.[a-z]+\.[a-zA-Z]+$/i.test(id) && !id.startsWith(`${views.profiles}.`),
    );
    assert.deepEqual(sorted(strangers), sorted(ours));
  });

  it('menus name commands that exist, and every clause about rows has its view', () => {
    const known = new Set<string>(ours);
    for (const [menu, entries] of Object.entries(manifest().contributes.menus)) {
      for (const { command, when } of entries) {
        assert.ok(known.has(command), `${menu} names ${command}`);
        if (menu.startsWith('view/'))
          assert.match(when ?? '', new RegExp(`view == ${views.profiles}`));
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
    for (const [id, { scope }] of Object.entries(manifest().contributes.configuration.properties)) {
      assert.equal(scope, 'machine', id);
    }
  });

  it('every state of the view but the tree has a welcome text', () => {
    const said = manifest().contributes.viewsWelcome.map(({ when }) => when);
    assert.deepEqual(
      sorted(said),
      sorted(
        viewStates
          .filter((state) => state !== 'tree')
          .map((state) => `${viewStateKey} == ${state}`),
      ),
    );
  });

  it('every text of the manifest has been found in package.nls.json', () => {
    assert.doesNotMatch(JSON.stringify(extension().packageJSON), /"%[^"]*%"/);
  });
});
