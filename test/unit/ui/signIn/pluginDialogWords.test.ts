import assert from 'node:assert/strict';
import {
  type PluginDialogState,
  pluginDialogView,
  userCodeIn,
} from '../../../../src/ui/signIn/pluginDialogWords.ts';

const PAGE = 'https://login.example.com/authorize?state=s';
const state = (parts: Partial<PluginDialogState> = {}): PluginDialogState => ({
  label: 'Acme',
  agentId: 'main',
  typed: '',
  takesPaste: false,
  ...parts,
});
const actions = (parts: Partial<PluginDialogState>) =>
  pluginDialogView(state(parts)).items.map(({ action }) => action);

describe('the dialog of a sign-in by another extension', () => {
  it('begins with nothing but a way out', () => {
    const { title, placeholder } = pluginDialogView(state());
    assert.equal(title, 'Sign in to Acme · agent main');
    assert.equal(placeholder, 'Waiting for Acme…');
    assert.deepEqual(actions({}), ['cancel']);
  });

  it('has the page, what is said about it, and what is going on', () => {
    const parts = { link: PAGE, instructions: 'Complete login to finish.', progress: 'Waiting' };
    assert.deepEqual(actions(parts), ['openBrowser', 'copyLink', 'none', 'cancel']);
    const [open, , progress] = pluginDialogView(state(parts)).items;
    assert.equal(open?.description, 'login.example.com');
    assert.equal(open?.detail, 'Complete login to finish.');
    assert.equal(progress?.label, 'Waiting');
  });

  it('a code to enter stands by itself and first, and can be copied', () => {
    const parts = { link: PAGE, instructions: 'Enter code: ABCD-1234' };
    assert.deepEqual(actions(parts), ['copyCode', 'openBrowser', 'copyLink', 'cancel']);
    const [code, open] = pluginDialogView(state(parts)).items;
    assert.equal(code?.label, 'ABCD-1234');
    assert.equal(code?.detail, 'Enter code: ABCD-1234');
    assert.equal(open?.detail, undefined);
  });

  it('is not mistaken about codes', () => {
    for (const [text, code] of [
      ['Enter ABCD-EFGH on the page', 'ABCD-EFGH'],
      ['Enter code: 1234-5678', '1234-5678'],
      ['Enter WDJB-MJHT-KLMN', 'WDJB-MJHT-KLMN'],
      ['Enter ABCD-1234 or EFGH-5678', undefined],
      ['A browser window should open', undefined],
      ['see https-only', undefined],
      ['', undefined],
    ] as const) {
      assert.equal(userCodeIn(text), code, text);
    }
  });

  it('takes what is pasted only where it is waited for', () => {
    assert.deepEqual(actions({ typed: 'x' }), ['cancel']);
    assert.deepEqual(actions({ typed: ' ', takesPaste: true }), ['cancel']);
    assert.deepEqual(actions({ typed: 'x', takesPaste: true }), ['usePasted', 'cancel']);
    assert.match(pluginDialogView(state({ takesPaste: true })).placeholder, /paste the code/);
  });

  it('nothing that the provider says steers the window', () => {
    const hostile = 'a\u202eb\u0007\nc';
    const view = pluginDialogView(
      state({ label: hostile, instructions: hostile, progress: hostile, link: PAGE }),
    );
    assert.doesNotMatch(JSON.stringify(view), /\\u0007|\\n|\u202e/);
  });
});
