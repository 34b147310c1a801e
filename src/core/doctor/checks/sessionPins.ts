import { type Finding, finding } from '../finding.ts';
import { type Look, placeIn } from '../look.ts';

/** Pins of sessions that count for nothing. CoderClaw takes each off when its session goes on. */
export function sessionPins({ snapshot }: Look): readonly Finding[] {
  return snapshot.stateDirs.flatMap((dir) =>
    dir.agents.flatMap(({ id: agentId, sessions }) => {
      if (sessions?.kind !== 'whole' || sessions.stale.length === 0) return [];
      const { path, stale: pins } = sessions;
      const where = placeIn(dir, { agentId, path });
      return [finding('sessions.stalePins', 'warning', where, { pins }, true)];
    }),
  );
}
