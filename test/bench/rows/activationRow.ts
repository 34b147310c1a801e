import { readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import type { Row } from '../table.ts';

/** What VS Code loads at an activation: the entry and every chunk that it imports statically. */
export async function activationRow(metafilePath: string): Promise<Row> {
  const meta: Metafile = JSON.parse(await readFile(metafilePath, 'utf8'));
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, external, path: next } of meta.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) load(next);
    }
  };
  load('dist/extension.js');
  const bytes = [...loaded].reduce((sum, path) => sum + (meta.outputs[path]?.bytes ?? 0), 0);
  return {
    name: 'activationBytes',
    ...{ unit: 'B', ours: bytes, peer: 60 * 1024, target: { atMost: 1 } },
    note: 'minified code that an activation loads; the limit of 60 KB',
  };
}
