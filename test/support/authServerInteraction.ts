import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction, Provider } from 'oidc-provider';
import { consentPage, loginPage } from './authServerPages.ts';
import { personOf } from './people.ts';

/** Below it, a page for each sign-in that is under way. */
export const interactionPath = '/interaction/';

/** Shows the page that the interaction is at, or takes its form. */
export async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await provider.interactionDetails(request, response);
  const action = `${interactionPath}${interaction.uid}`;
  if (request.method !== 'POST') {
    html(response, 200, pageOf(interaction, action));
    return;
  }
  const form = await readForm(request);
  if (form.get('answer') === 'cancel') {
    await finish(provider, request, response, {
      error: 'access_denied',
      error_description: 'The person said no',
    });
  } else if (interaction.prompt.name === 'login') {
    const email = form.get('pick') ?? form.get('email') ?? '';
    if (!/^[^@\s]+@[^@\s]+$/.test(email.trim())) {
      html(response, 200, loginPage(action, 'That is not an e-mail address.'));
      return;
    }
    await finish(provider, request, response, { login: { accountId: personOf(email).email } });
  } else {
    const grantId = await grantWhatIsAsked(provider, interaction);
    await finish(provider, request, response, { consent: { grantId } });
  }
}

function pageOf(interaction: Interaction, action: string): string {
  if (interaction.prompt.name === 'login') {
    return loginPage(action);
  }
  const scopes = String(interaction.params['scope'] ?? '').split(' ');
  return consentPage(action, personOf(interaction.session?.accountId ?? ''), scopes);
}

async function grantWhatIsAsked(provider: Provider, interaction: Interaction): Promise<string> {
  const earlier =
    interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
  const grant =
    earlier ??
    new provider.Grant({
      accountId: interaction.session?.accountId ?? '',
      clientId: String(interaction.params['client_id']),
    });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = interaction.prompt.details;
  if (missingOIDCScope !== undefined) {
    grant.addOIDCScope(missingOIDCScope.join(' '));
  }
  if (missingOIDCClaims !== undefined) {
    grant.addOIDCClaims(missingOIDCClaims);
  }
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return grant.save();
}

async function finish(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  result: object,
): Promise<void> {
  // Merged, so that the answer to the consent page still says who logged in before it.
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 16_384) {
      throw new Error('The form is too long.');
    }
  }
  return new URLSearchParams(text);
}

export function html(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  response.end(text);
}
