import { setTimeout as delay } from 'node:timers/promises';

/** Waits until an assertion holds: what a click leads to reaches the disk in its own time. */
export async function eventually(holds: () => Promise<void>): Promise<void> {
  const until = Date.now() + 15_000;
  for (;;) {
    try {
      await holds();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(100);
    }
  }
}
