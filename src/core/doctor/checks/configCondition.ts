import { errnoOf } from '../../disk/errno.ts';
import type { ConfigRead } from '../../documents/config.ts';
import { flawsOf } from '../../documents/configFlaws.ts';
import { followIncludes, IncludeError } from '../../documents/configIncludes.ts';
import { parseConfigText, readConfigText } from '../../documents/configText.ts';
import { environmentReferences } from '../../documents/environmentReferences.ts';
import { type Finding, finding } from '../finding.ts';
import { type Look, placeIn } from '../look.ts';

/** Configs that cannot be read or understood, or that CoderClaw would refuse for what stands in them. */
export async function configCondition({ reads, host }: Look): Promise<readonly Finding[]> {
  const seen = new Set<string>();
  const found: Finding[] = [];
  for (const dir of reads.stateDirs) {
    const { config } = dir;
    // State folders can share one.
    if (seen.has(config.path)) continue;
    seen.add(config.path);
    const where = placeIn(dir, { path: config.path });
    switch (config.kind) {
      case 'absent':
        break;
      case 'unreadable':
        found.push(finding('config.unreadable', 'error', where, { errno: config.errno }));
        break;
      case 'invalid':
        found.push(finding('config.invalid', 'error', where, placeOf(config)));
        break;
      case 'whole': {
        const flaws = await flawsIn(config.path, host.env);
        if (flaws.length > 0) found.push(finding('config.refused', 'error', where, { flaws }));
      }
    }
  }
  return found;
}

function placeOf({ detail, line, column }: Extract<ConfigRead, { kind: 'invalid' }>) {
  return {
    detail,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}

/** Of a file that has gone or changed since it was read whole, the next look tells. */
async function flawsIn(path: string, env: Look['host']['env']) {
  try {
    const parse = await parseConfigText(await readConfigText(path));
    if (parse.kind !== 'parsed') return [];
    const root = environmentReferences(env).resolve(await followIncludes(parse.value, path));
    return flawsOf(root);
  } catch (error) {
    if (error instanceof IncludeError || errnoOf(error) !== undefined) return [];
    throw error;
  }
}
