import { type Browser, chromium } from 'playwright-core';
import { ensureChromium } from './chromium.ts';

/** A headless Chromium, with `more` on its command line. The caller closes it. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const { executablePath, environment } = await ensureChromium();
  return chromium.launch({
    executablePath,
    headless: true,
    env: { ...definedOnly(process.env), ...environment },
    args: [
      // Root may not use the sandbox, and a container may not have the user namespaces for it.
      ...(process.platform === 'linux' ? ['--no-sandbox', '--disable-dev-shm-usage'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
