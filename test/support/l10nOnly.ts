/**
 * What stands for `vscode` where tests run in plain Node: its message formatting and nothing else.
 * A view that is meant to be pure but reaches for more of the API fails to build in the unit ring.
 */
export const l10n = {
  t(message: string, ...args: readonly (string | number | boolean)[]): string {
    return message.replace(/\{(\d+)\}/g, (whole, index: string) =>
      String(args[Number(index)] ?? whole),
    );
  },
};
