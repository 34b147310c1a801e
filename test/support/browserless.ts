/**
 * Plays the person at the authorization server of the tests, without a browser: follows redirects
 * by hand, keeps cookies, and answers the login and the consent page.
 */
export interface PersonsAnswers {
  readonly email: string;
  /** Press Cancel on the consent page. */
  readonly refuse?: boolean;
}

/**
 * Opens the authorization address and goes on until the server sends the browser to the
 * `redirect_uri`, which it returns and does not open.
 * @throws {Error} If the server shows an error page, or never comes to an end.
 */
export async function signInOverHttp(
  authorizationUrl: string,
  answers: PersonsAnswers,
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<string> {
  const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri');
  if (redirectUri === null) {
    throw new Error('The authorization address has no redirect_uri.');
  }
  const jar = new CookieJar();
  let address = authorizationUrl;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    const response = await jar.fetch(reachable(address), form, signal);
    const location = response.headers.get('location');
    if (location !== null) {
      address = new URL(location, address).href;
      form = undefined;
      if (address.startsWith(redirectUri)) {
        return address;
      }
      continue;
    }
    const page = await response.text();
    if (!response.ok) {
      throw new Error(
        `The authorization server answered ${response.status} at ${new URL(address).pathname}.`,
      );
    }
    form = answerOf(page, answers);
  }
  throw new Error('The sign-in did not come to an end after 20 steps.');
}

/**
 * Enters a device code at the address that has it in it (RFC 8628 3.3.1), confirms it, and answers the
 * login and the consent page, until the server says that it is done.
 * @throws {Error} If the server shows an error page, or never comes to an end.
 */
export async function enterDeviceCode(
  verificationUriComplete: string,
  answers: PersonsAnswers,
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<void> {
  const jar = new CookieJar();
  let address = verificationUriComplete;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    const response = await jar.fetch(reachable(address), form, signal);
    const location = response.headers.get('location');
    if (location !== null) {
      address = new URL(location, address).href;
      form = undefined;
      continue;
    }
    const page = await response.text();
    // Back at the input: the person has said no.
    if (page.includes('<h1>Signed in</h1>') || form?.has('abort')) return;
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    if (!response.ok || action === undefined) {
      throw new Error(`The page at ${new URL(address).pathname} answered ${response.status}.`);
    }
    address = new URL(action, address).href;
    // The pages that carry the code have hidden fields only; `abort` is their way to say no.
    form = page.includes('name="user_code"') ? hiddenFields(page) : answerOf(page, answers);
    if (form.has('confirm') && answers.refuse === true) form.set('abort', 'yes');
  }
  throw new Error('The code was not taken after 20 steps.');
}

function hiddenFields(page: string): URLSearchParams {
  const fields = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return new URLSearchParams([...fields].map(([, name = '', value = '']) => [name, value]));
}

function answerOf(page: string, answers: PersonsAnswers): URLSearchParams {
  if (page.includes('name="password"')) {
    return new URLSearchParams({ email: answers.email, password: 'any', answer: 'login' });
  }
  if (page.includes('value="continue"')) {
    return new URLSearchParams({ answer: answers.refuse === true ? 'cancel' : 'continue' });
  }
  throw new Error('The authorization server showed a page without a form.');
}

/** Node does not resolve `login.localhost` on every system; browsers do (RFC 6761 6.3). */
function reachable(address: string): string {
  const url = new URL(address);
  if (url.hostname.endsWith('.localhost')) {
    url.hostname = '127.0.0.1';
  }
  return url.href;
}

/** Cookies with their paths: the server keeps one cookie per interaction page. */
class CookieJar {
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  async fetch(
    address: string,
    form: URLSearchParams | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const { pathname } = new URL(address);
    const cookie = [...this.#cookies]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(address, {
      redirect: 'manual',
      signal,
      headers: cookie === '' ? {} : { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      this.#take(line);
    }
    return response;
  }

  #take(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const path =
      attributes.find((attribute) => /^path=/i.test(attribute))?.slice('path='.length) ?? '/';
    if (value === '' || attributes.some((attribute) => /^expires=.*1970/i.test(attribute))) {
      this.#cookies.delete(name);
    } else {
      this.#cookies.set(name, { value, path });
    }
  }
}
