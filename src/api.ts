import type { SignInDescriptor } from './core/signin/descriptor.ts';

/**
 * What other extensions see of this one: types only, and all of them. `docs/provider-api.md` says how
 * to get at it and what is promised.
 */

/** What `extensions.getExtension('coderclaw.coderclaw-auth')?.activate()` resolves with. */
export interface CoderClawAuthApi {
  /** Raised when something is changed or taken away; what is only added keeps it. */
  readonly apiVersion: 1;
  /**
   * Adds a provider that signs people in by itself, in the shape of pi-ai's `OAuthProviderInterface`,
   * until disposed. Disposing twice does no harm; logins that are stored stay stored.
   * @throws {TypeError} A part of `provider` or `options` has the wrong shape; the message names it.
   * @throws {Error} The id is taken, or is that of a built-in provider, in any spelling.
   */
  registerProvider(provider: OAuthProviderInterface, options?: ProviderOptions): Registration;
  /**
   * Adds a provider as data: endpoints, client and scope; this extension does the rest. Until disposed.
   * @throws {TypeError} `provider` is no id, or `label` no text.
   * @throws {Error} The id is taken, or is that of a built-in provider, in any spelling.
   */
  registerSignIn(descriptor: SignInDescriptor): Registration;
}

/** Something that was added, and can be taken away again. Fits `context.subscriptions`. */
export interface Registration {
  dispose(): void;
}

/** What a provider does not say itself. */
export interface ProviderOptions {
  /** What people call it; `provider.name` unless given. */
  readonly label?: string | undefined;
  /**
   * Whether a refresh may replace the refresh token, so that one whose answer was lost may be spent.
   * True unless given, which is the careful side.
   */
  readonly rotatesRefreshTokens?: boolean | undefined;
  /**
   * Whose credentials these are. Without it `accountId` and `email` of the credentials count. What it
   * tells is stored beside the tokens, names the profile, and keeps another account from replacing it.
   */
  readonly identity?: ((credentials: OAuthCredentials) => ProviderIdentity | undefined) | undefined;
}

/** Who an account belongs to. */
export interface ProviderIdentity {
  /**
   * Never changes; of one account only. Where both logins have one it decides, unless both have an
   * e-mail too and these differ.
   */
  readonly accountId?: string | undefined;
  readonly email?: string | undefined;
}

/** What a login ends with and a refresh renews. Other members are stored as they are; JSON only. */
export interface OAuthCredentials {
  access: string;
  refresh: string;
  /** When `access` ends: milliseconds since the epoch. */
  expires: number;
  [key: string]: unknown;
}

/**
 * A provider, as pi-ai 0.73 describes one: whatever was written for pi fits. `getApiKey` and
 * `modifyModels` belong to whoever uses the login, and are never called here.
 */
export interface OAuthProviderInterface {
  /** CoderClaw's provider id: letters, digits, dots, hyphens and underscores. */
  readonly id: string;
  readonly name: string;
  login(callbacks: OAuthLoginCallbacks): Promise<OAuthCredentials>;
  /** Whether `login` listens on loopback and takes a pasted address beside that. */
  usesCallbackServer?: boolean | undefined;
  /** Sends the refresh token once. May be told by an error that says `invalid_grant` that it is dead. */
  refreshToken(credentials: OAuthCredentials): Promise<OAuthCredentials>;
  getApiKey(credentials: OAuthCredentials): string;
  modifyModels?(models: unknown[], credentials: OAuthCredentials): unknown[];
}

/** What a login may ask of the person. All of it is there; pi declares some of it optional. */
export interface OAuthLoginCallbacks {
  /** Opens a page and shows what to do there. https, or http on this machine; anything else ends the login. */
  onAuth(info: { url: string; instructions?: string | undefined }): void;
  /** Asks for a text. The person closing the question ends the login. */
  onPrompt(prompt: OAuthPrompt): Promise<string>;
  /** Shows one line of what is going on. */
  onProgress(message: string): void;
  /** Resolves with what the person pastes into the dialog: a code, or the address of the last page. */
  onManualCodeInput(): Promise<string>;
  /** Resolves with the id of what was chosen; undefined if the person closed the list. */
  onSelect(prompt: OAuthSelectPrompt): Promise<string | undefined>;
  /** Aborts when the person cancels, or the login has taken too long. Nobody waits for it after that. */
  signal: AbortSignal;
}

/** A question for a text. */
export interface OAuthPrompt {
  message: string;
  placeholder?: string | undefined;
  /** Whether nothing is an answer too. */
  allowEmpty?: boolean | undefined;
}

/** A question with a list of answers. */
export interface OAuthSelectPrompt {
  message: string;
  options: { id: string; label: string }[];
}
