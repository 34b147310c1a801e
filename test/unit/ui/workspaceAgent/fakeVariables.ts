import type { TerminalVariables } from '../../../../src/ui/workspaceAgent/terminalAgent.ts';

/** What VS Code gives to new terminals, and how often it was touched. */
export class FakeVariables implements TerminalVariables {
  description: unknown;
  now: Record<string, string> = {};
  changes = 0;

  replace(name: string, value: string): void {
    this.changes += 1;
    this.now = { ...this.now, [name]: value };
  }

  clear(): void {
    this.changes += 1;
    this.now = {};
  }
}
