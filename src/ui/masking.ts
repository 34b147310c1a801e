/**
 * What every text passes on its way to the screen, whichever surface it is for: with the setting on, no
 * e-mail address gets past here. Like the language of `l10n`, it is the same for all of a window and set
 * from outside, so it stands here once rather than being handed through every function that makes words.
 */
let mask = (text: string): string => text;

const listeners = new Set<() => void>();

/** To be called at the start, and when the setting changes. */
export function setMasking(by: (text: string) => string): void {
  mask = by;
  for (const listener of [...listeners]) listener();
}

/** Tells when what is on the screen has to be made anew. @returns what ends the telling. */
export function onMaskingChange(listener: () => void): { dispose(): void } {
  listeners.add(listener);
  return { dispose: () => void listeners.delete(listener) };
}

/** A text as it may be shown. Never to be written, copied as an id, or passed on. */
export function shown(text: string): string {
  return mask(text);
}
