import assert from 'node:assert/strict';
import { reachWords, type SignInState, signInView } from '../../../../src/ui/signIn/signInWords.ts';

const waiting: SignInState = {
  label: 'ChatGPT',
  agentId: 'main',
  listening: { kind: 'loopback', port: 1455, busy: [] },
  reach: { kind: 'direct' },
  phase: 'waiting',
  typed: '',
};
const actions = (state: SignInState): string[] =>
  signInView(state).items.map(({ action }) => action);

describe('the sign-in dialog', () => {
  it('says for whom, where it waits, and that pasting works', () => {
    const { title, placeholder } = signInView(waiting);
    assert.equal(title, 'Sign in to ChatGPT · agent main');
    assert.match(placeholder, /localhost:1455.*paste/);
    assert.deepEqual(actions(waiting), ['openBrowser', 'copyLink', 'name', 'cancel']);
  });

  it('a busy first port: who holds it, and which is used', () => {
    const busy = [{ port: 1455, holder: { pid: 7, name: 'codex' } }];
    const view = signInView({ ...waiting, listening: { kind: 'loopback', port: 1457, busy } });
    assert.match(view.placeholder, /localhost:1457/);
    assert.equal(
      view.items[0]?.detail,
      'Port 1455 is held by codex (process 7). Port 1457 is used instead.',
    );
  });

  it('older sign-ins: they are imported first, whatever else there is to say', () => {
    const importsFirst = ['/a/auth.json', '/c/oauth.json'];
    const says = (state: SignInState) => signInView({ ...state, importsFirst }).items[0]?.detail;
    assert.match(says(waiting) ?? '', /^Older sign-ins in \/a\/auth.json, \/c\/oauth.json will be/);
    const busy = [{ port: 1455 }];
    const view = { ...waiting, listening: { kind: 'loopback', port: 1457, busy } } as const;
    assert.match(says(view) ?? '', /Port 1455 .* Older sign-ins/);
    assert.equal(signInView({ ...waiting, importsFirst: [] }).items[0]?.detail, undefined);
  });

  it('both ports busy: says so, and asks for the paste', () => {
    const busy = [{ port: 1455 }, { port: 1457 }];
    const view = signInView({ ...waiting, listening: { kind: 'none', busy } });
    assert.match(view.placeholder, /paste/);
    assert.match(view.items[0]?.detail ?? '', /Port 1455 .* Port 1457 .* paste/);
  });

  it('a code is offered where the provider has one, and first where the browser cannot come back', () => {
    const hasCode = { ...waiting, hasCode: true };
    assert.deepEqual(actions(hasCode), ['openBrowser', 'copyLink', 'useCode', 'name', 'cancel']);
    const reach = { kind: 'elsewhere', reason: { kind: 'unknown' } } as const;
    const elsewhere = ['openBrowser', 'copyLink', 'name', 'whatWorksHere', 'cancel'];
    assert.deepEqual(actions({ ...hasCode, reach }), ['useCode', ...elsewhere]);
    assert.deepEqual(actions({ ...waiting, reach }), elsewhere);
  });

  it('something typed is offered as the pasted address first', () => {
    assert.equal(actions({ ...waiting, typed: 'http://localhost:1455/x' })[0], 'usePasted');
  });

  it('a bad paste says what is wrong, and only a bare code can be used all the same', () => {
    const bad = (badPaste: NonNullable<SignInState['badPaste']>) =>
      actions({ ...waiting, typed: 'x', badPaste });
    assert.deepEqual(bad('bareCode').slice(0, 2), ['usePasted', 'useBareCode']);
    assert.equal(bad('otherAttempt').includes('useBareCode'), false);
  });

  it('on another machine it says what will work, with the reason', () => {
    const reach = { kind: 'elsewhere', reason: { kind: 'otherPort', port: 51455 } } as const;
    assert.ok(actions({ ...waiting, reach }).includes('whatWorksHere'));
    assert.match(reachWords(reach, 'http://localhost:1455/auth/callback') ?? '', /51455/);
    assert.equal(reachWords({ kind: 'tunnel' }, 'http://localhost:1455/auth/callback'), undefined);
  });

  it('while the code is redeemed only cancelling is left', () => {
    assert.deepEqual(actions({ ...waiting, phase: 'exchanging' }), ['cancel']);
  });
});
