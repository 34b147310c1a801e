/**
 * Ends this process in good order when it is told to end: a signal's own way leaves out what `exit`
 * listeners do, such as ending the VS Code that was started. For programs; mocha does it itself.
 */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(130));
  }
}
