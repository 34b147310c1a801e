import type { DeviceSignInDescriptor } from '../device/deviceDescriptor.ts';
import { standardDevice } from '../device/standardDevice.ts';
import type { MovedEndpoints } from '../endpoints.ts';
import {
  copilotToken,
  enterpriseDomain,
  GITHUB,
  GITHUB_COPILOT,
  USER_AGENT,
} from './githubCopilot.ts';

/** The client that pi-ai goes by. */
const CLIENT_ID = 'Iv1.b507a08c87ecfe98';

/**
 * Copilot's sign-in, as pi-ai does it: GitHub's device flow, whose token (kept as the refresh token)
 * then gives one for Copilot. A test holds the requests against pi-ai's. What pi-ai does beyond that,
 * accepting the terms of every model for the person, is left to the person.
 * @param options.enterprise The domain of a GitHub Enterprise, as typed.
 * @param endpoints Others in the place of GitHub's, already checked.
 * @throws {KnownError} `signin.badEndpoint` if that is no domain.
 */
export function githubCopilotDevice(
  options: { readonly enterprise?: string } = {},
  endpoints: MovedEndpoints = {},
): DeviceSignInDescriptor {
  const enterprise = enterpriseDomain(options.enterprise ?? '');
  const domain = enterprise ?? GITHUB;
  return standardDevice({
    provider: GITHUB_COPILOT,
    label: 'GitHub Copilot',
    clientId: CLIENT_ID,
    scope: 'read:user',
    headers: USER_AGENT,
    deviceAuthorizationEndpoint:
      endpoints.deviceAuthorizationEndpoint ?? `https://${domain}/login/device/code`,
    tokenEndpoint: endpoints.deviceTokenEndpoint ?? `https://${domain}/login/oauth/access_token`,
    async credentialFrom({ accessToken }, { services, signal }) {
      const token = await copilotToken(domain, accessToken, endpoints, services, signal);
      return {
        credential: {
          type: 'oauth',
          provider: GITHUB_COPILOT,
          access: token.access,
          refresh: accessToken,
          expires: token.expires,
          ...(enterprise === undefined ? {} : { enterpriseUrl: enterprise }),
        },
        identity: { provider: GITHUB_COPILOT },
      };
    },
  });
}
