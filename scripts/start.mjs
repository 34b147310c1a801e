// npm start: the packed extension in a real VS Code, with a demo state and a local authorization server.
//   npm start -- --state-dir ~/.coderclaw   uses a real state folder and the real providers
//   npm start -- --port 8080                puts VS Code on that port
//   npm start -- --no-open                  opens no browser
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './install.mjs';

const { values } = parseArgs({
  options: {
    'state-dir': { type: 'string' },
    port: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
  },
});

/** Ctrl-C, `kill`, and a closed terminal; before the demo stands, they just end this process. */
const stopped = new Promise((resolveStopped) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      resolveStopped(signal);
      if (demo === undefined) {
        process.exit(130);
      }
    });
  }
});

/** @type {import('../test/demo/startDemo.ts').Demo | undefined} */
let demo;

try {
  demo = await start();
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
console.log(`\nVS Code with CoderClaw Auth: ${demo.address}`);
console.log(`State folder: ${demo.stateDir}`);
console.log('Ctrl-C stops it.');
if (!values['no-open']) {
  openBrowser(demo.address);
}
await stopped;
console.log('\nStopping…');
await demo.stop();
process.exit(0);

async function start() {
  await ensureInstalled();
  const { buildExtension, packExtension } = await import('./package.mjs');
  console.log('Building and packing the extension…');
  buildExtension();
  const { path: vsix } = await packExtension();
  const startDemo = await loadDemo();
  console.log('Starting VS Code (the first time, it is fetched from npm: about a minute)…');
  return startDemo({
    vsix: resolve(vsix),
    ...(values['state-dir'] === undefined ? {} : { stateDir: values['state-dir'] }),
    ...(values.port === undefined ? {} : { port: portOf(values.port) }),
  });
}

/**
 * The demo is TypeScript: it is bundled first.
 * @returns {Promise<typeof import('../test/demo/startDemo.ts').startDemo>}
 */
async function loadDemo() {
  const { build } = await import('esbuild');
  const outfile = resolve('out/demo/startDemo.js');
  await build({
    entryPoints: ['test/demo/startDemo.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    target: 'node20',
    logLevel: 'warning',
  });
  const module = await import(pathToFileURL(outfile).href);
  return module.startDemo;
}

/**
 * @param {string} text
 * @returns {number}
 */
function portOf(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`${text} is not a port.`);
  }
  return port;
}

/**
 * Where there is no browser to open, the printed address is enough.
 * @param {string} address
 */
function openBrowser(address) {
  const [program = '', ...before] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open'];
  const child = spawn(program, [...before, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
