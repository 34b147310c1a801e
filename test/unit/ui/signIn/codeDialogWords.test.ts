import assert from 'node:assert/strict';
import { type CodeDialogState, codeDialogView } from '../../../../src/ui/signIn/codeDialogWords.ts';

const STATE: CodeDialogState = {
  label: 'ChatGPT',
  agentId: 'main',
  userCode: 'ABCD-EFGH',
  verificationUri: 'https://auth.openai.com/codex/device',
  expiresAt: Date.UTC(2026, 10, 25, 12),
  phase: 'waiting',
};

describe('the dialog of a sign-in by code', () => {
  it('shows the code first and by itself, and where to enter it', () => {
    const { title, placeholder, items } = codeDialogView(STATE);
    assert.equal(title, 'Sign in to ChatGPT · agent main');
    assert.match(placeholder, /ABCD-EFGH/);
    assert.equal(items[0]?.label, 'A B C D - E F G H', 'large');
    assert.deepEqual(
      items.map(({ action }) => action),
      ['copyAndOpen', 'copyCode', 'openPage', 'cancel'],
    );
    assert.match(items[1]?.description ?? '', /good until \d+:00/);
    assert.equal(items[2]?.description, 'auth.openai.com');
    assert.match(items[2]?.detail ?? '', /https:\/\/auth\.openai\.com\/codex\/device/);
  });

  it('says what must be allowed first, where the person looks first', () => {
    assert.equal(codeDialogView(STATE).items[0]?.detail, undefined);
    const allowFirst = 'Allow it first.';
    assert.equal(codeDialogView({ ...STATE, allowFirst }).items[0]?.detail, allowFirst);
  });

  it('can only be cancelled once the code has been entered', () => {
    const { placeholder, items } = codeDialogView({ ...STATE, phase: 'exchanging' });
    assert.match(placeholder, /Finishing/);
    assert.deepEqual(
      items.map(({ action }) => action),
      ['cancel'],
    );
  });
});
