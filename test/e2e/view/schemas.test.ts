import assert from 'node:assert/strict';
import { Session, screenshotIfFailed } from '../session.ts';

const SECRET = 'sk-test-shown-in-the-file-alone';

/** A store with an end in seconds, and a kind of profile that there is not. */
const store = {
  version: 1,
  profiles: {
    'anthropic:work': {
      type: 'token',
      provider: 'anthropic',
      token: SECRET,
      expires: 1_795_000_000,
    },
    'zai:default': { type: 'apikey', provider: 'zai', key: SECRET },
  },
};
const config = `{
  // Which is used first, for all agents.
  "auth": {
    "profiles": { "anthropic:work": { "provider": "anthropic", "mode": "token" } },
    "order": { "anthropic": ["anthropic:work"] },
  },
}
`;

describe('the files of CoderClaw in the editor of a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`are explained and checked as a person reads them (${colorScheme})`, async () => {
      session = await Session.start({
        files: { 'coderclaw.json': config, 'agents/main/agent/auth-profiles.json': store },
        colorScheme,
      });
      const { workbench } = session;
      const { page } = workbench;
      const squiggles = page.locator('.editor-instance .squiggly-warning');

      await workbench.runCommand('CoderClaw: Open Store File');
      await workbench.editorShows(/"apikey"/);
      await squiggles.nth(1).waitFor();
      await workbench.hoverSays(
        page.locator('.view-line span', { hasText: '1795000000' }).last(),
        'This looks like seconds, but CoderClaw reads milliseconds',
      );
      await workbench.screenshot(`schema-store-${colorScheme}`);
      await page.keyboard.press('Escape');

      await workbench.runCommand('CoderClaw: Open CoderClaw Config');
      await workbench.editorShows(/Which is used first/);
      await workbench.hoverSays(
        page.locator('.view-line span', { hasText: '"auth"' }).last(),
        'Which profiles there are, and which is used first.',
      );
      await workbench.screenshot(`schema-config-${colorScheme}`);
      // Comments and trailing commas included.
      assert.equal(await squiggles.count(), 0);
      assert.equal(await page.locator('.editor-instance .squiggly-error').count(), 0);
    });
  }
});
