import { l10n } from 'vscode';
import type { DeviceSignInDescriptor } from '../../core/signin/device/deviceDescriptor.ts';

/** What the person must have allowed before a code works; undefined where there is nothing. */
export function allowFirstWords({
  allowFirst,
}: Pick<DeviceSignInDescriptor, 'allowFirst'>): string | undefined {
  if (allowFirst === undefined) return undefined;
  return l10n.t(
    'Signing in with a code must be allowed first: in ChatGPT, under Settings, Security.',
  );
}
