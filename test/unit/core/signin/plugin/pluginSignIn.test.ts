import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { OAuthLoginCallbacks, OAuthProviderInterface } from '../../../../../src/api.ts';
import { Cancelled } from '../../../../../src/core/clock.ts';
import { isKnown, KnownError } from '../../../../../src/core/errors.ts';
import type {
  ListQuestion,
  TextQuestion,
} from '../../../../../src/core/signin/plugin/pluginQuestions.ts';
import {
  PLUGIN_SIGN_IN_LIMIT_MS,
  type PluginPerson,
  type PluginSignInState,
  startPluginSignIn,
} from '../../../../../src/core/signin/plugin/pluginSignIn.ts';
import { ManualClock } from '../support/manualClock.ts';
import { practice, TOKENS } from './practiceProvider.ts';
import { leavesNoRejection } from './unhandled.ts';

const PAGE = 'https://login.example.com/authorize?state=s';

/** A person who answers as a test says, and remembers everything. */
class Person implements PluginPerson {
  readonly states: PluginSignInState[] = [];
  readonly opened: string[] = [];
  readonly asked: TextQuestion[] = [];
  readonly lists: ListQuestion[] = [];
  answer: (question: TextQuestion, signal: AbortSignal) => Promise<string | undefined> = async () =>
    undefined;
  choice: (question: ListQuestion) => Promise<string | undefined> = async () => undefined;

  get state(): PluginSignInState | undefined {
    return this.states.at(-1);
  }
  show(state: PluginSignInState): void {
    this.states.push(state);
  }
  openPage(link: string): void {
    this.opened.push(link);
  }
  ask(question: TextQuestion, signal: AbortSignal): Promise<string | undefined> {
    this.asked.push(question);
    return this.answer(question, signal);
  }
  choose(question: ListQuestion): Promise<string | undefined> {
    this.lists.push(question);
    return this.choice(question);
  }
}

type Login = OAuthProviderInterface['login'];

describe('signing in by the code of another extension', () => {
  let person: Person;
  let clock: ManualClock;
  let lines: string[];
  beforeEach(() => {
    person = new Person();
    clock = new ManualClock();
    lines = [];
  });
  afterEach(() => {
    assert.doesNotMatch(lines.join('\n'), /CANARY/, 'S5: no secret in the log');
    assert.equal(clock.sleeping, 0, 'no timer is left');
  });

  function start(login: Login, signal?: AbortSignal) {
    const services = { clock, log: (line: string) => void lines.push(line) };
    return startPluginSignIn(practice({ login }), person, services, signal);
  }
  const failed = (login: Login) =>
    start(login).result.then(
      () => assert.fail('it did not fail'),
      (error: unknown) => {
        assert.ok(error instanceof KnownError, String(error));
        assert.doesNotMatch(error.message, /CANARY/);
        return error;
      },
    );
  /** A login that hands out its callbacks and then waits for ever. */
  function hanging() {
    let callbacks: OAuthLoginCallbacks | undefined;
    const attempt = start((given) => {
      callbacks = given;
      return new Promise(() => {});
    });
    const given = async (): Promise<OAuthLoginCallbacks> => {
      await turn();
      assert.ok(callbacks);
      return callbacks;
    };
    return { attempt, given };
  }

  it('opens the page, shows what is said, and ends with the credentials', async () => {
    const attempt = start(async ({ onAuth, onProgress }) => {
      onProgress('Preparing…');
      onAuth({ url: PAGE, instructions: ' Enter code: ABCD-1234 ' });
      onProgress('Exchanging…');
      return TOKENS;
    });
    const { credential } = await attempt.result;
    assert.deepEqual(credential, { type: 'oauth', provider: 'practice', ...TOKENS });
    assert.deepEqual(person.opened, [PAGE]);
    assert.equal(person.states[1]?.progress, undefined, 'what went before is over');
    assert.deepEqual(person.state, {
      link: PAGE,
      instructions: 'Enter code: ABCD-1234',
      progress: 'Exchanging…',
      takesPaste: false,
    });
  });

  it('opens nothing but https and loopback, and ends there', async () => {
    const addresses: unknown[] = [
      'http://login.example.com',
      'file:///etc/passwd',
      'command:workbench.action.quit',
      'vscode://other.extension/x',
      'javascript:alert(1)',
      'https://ann:CANARY@example.com/',
      'no address',
      undefined,
      7,
    ];
    for (const url of addresses) {
      const error = await failed(async ({ onAuth }) => {
        onAuth({ url: url as string });
        return TOKENS;
      });
      assert.equal(error.code, 'plugin.badLink');
    }
    const withNothing = await failed(async ({ onAuth }) => {
      onAuth(undefined as never);
      return TOKENS;
    });
    assert.equal(withNothing.code, 'plugin.badLink');
    assert.deepEqual(person.opened, []);
    assert.equal(person.state?.link, undefined);
    await start(async ({ onAuth }) => {
      onAuth({ url: 'http://localhost:1455/start' });
      return TOKENS;
    }).result;
    assert.deepEqual(person.opened, ['http://localhost:1455/start']);
  });

  it('opens a few pages by itself and no more', async () => {
    await start(async ({ onAuth }) => {
      for (let page = 0; page < 50; page += 1) onAuth({ url: `https://example.com/${page}` });
      return TOKENS;
    }).result;
    assert.equal(person.opened.length, 5);
    assert.equal(
      person.state?.link,
      'https://example.com/49',
      'the last one can be opened by hand',
    );
  });

  it('asks for texts, one at a time, and says which of them are secrets', async () => {
    let underWay = 0;
    person.answer = async ({ message }) => {
      underWay += 1;
      assert.equal(underWay, 1);
      await turn();
      underWay -= 1;
      return `to ${message}`;
    };
    let answers: string[] = [];
    await start(async ({ onPrompt }) => {
      answers = await Promise.all([
        onPrompt({ message: 'Domain', placeholder: 'example.com', allowEmpty: true }),
        onPrompt({ message: 'Your password' }),
        onPrompt({ message: 'Paste the authorization code:' }),
      ]);
      return TOKENS;
    }).result;
    assert.deepEqual(answers, [
      'to Domain',
      'to Your password',
      'to Paste the authorization code:',
    ]);
    assert.deepEqual(person.asked, [
      { message: 'Domain', placeholder: 'example.com', mayBeEmpty: true, isSecret: false },
      { message: 'Your password', mayBeEmpty: false, isSecret: true },
      { message: 'Paste the authorization code:', mayBeEmpty: false, isSecret: false },
    ]);
  });

  it('a question that is closed ends it, whatever the code makes of that', async () => {
    const attempt = start(async ({ onPrompt }) => {
      await onPrompt({ message: 'Domain' }).catch(() => {});
      return TOKENS;
    });
    await assert.rejects(attempt.result, Cancelled);
  });

  it('gives the id that was chosen, undefined for a list that was closed', async () => {
    const prompt = {
      message: 'Which plan?',
      options: [
        { id: 'a', label: 'Plan A' },
        { id: 'b', label: '' },
        { id: 7, label: 'none' } as never,
      ],
    };
    person.choice = async () => 'b';
    let chosen: string | undefined = 'none';
    const login: Login = async ({ onSelect }) => {
      chosen = await onSelect(prompt);
      return TOKENS;
    };
    await start(login).result;
    assert.equal(chosen, 'b');
    assert.deepEqual(person.lists[0]?.options, [
      { id: 'a', label: 'Plan A' },
      { id: 'b', label: 'b' },
    ]);
    person.choice = async () => undefined;
    await start(login).result;
    assert.equal(chosen, undefined);
    // What fails after that was called off.
    const givesUp = start(async ({ onSelect }) => {
      if ((await onSelect(prompt)) === undefined) throw new Error('Login cancelled');
      return TOKENS;
    });
    await assert.rejects(givesUp.result, Cancelled);
  });

  it('an empty list is a fault of the code', async () => {
    const error = await failed(async ({ onSelect }) => {
      await onSelect({ message: 'Which?', options: [] });
      return TOKENS;
    });
    assert.match(error.message, /options is missing, empty or malformed/);
  });

  it('takes a pasted code only while it is waited for', async () => {
    let code = '';
    const attempt = start(async ({ onAuth, onManualCodeInput }) => {
      onAuth({ url: PAGE });
      code = await onManualCodeInput();
      return TOKENS;
    });
    attempt.paste('too early');
    await turn();
    assert.equal(person.state?.takesPaste, true);
    attempt.paste('  ');
    assert.equal(person.state?.takesPaste, true, 'nothing was pasted');
    attempt.paste(' http://localhost:1455/cb?code=c ');
    await attempt.result;
    assert.equal(code, 'http://localhost:1455/cb?code=c');
    assert.equal(person.state?.takesPaste, false);
  });

  it('a browser that comes back first leaves the paste unanswered, and nobody behind', async () => {
    let manual: Promise<string> | undefined;
    await start(async ({ onManualCodeInput }) => {
      manual = onManualCodeInput();
      return TOKENS;
    }).result;
    await assert.rejects(manual ?? Promise.resolve(), Cancelled);
  });

  it('leaves no rejection behind, whatever the code does not look at', () =>
    leavesNoRejection(async () => {
      person.answer = () => new Promise(() => {});
      let fail: (error: Error) => void = () => {};
      const attempt = start(({ onManualCodeInput, onPrompt, onSelect }) => {
        void onManualCodeInput();
        void onPrompt({ message: 'Domain' });
        void onSelect({ message: 'none', options: [] });
        return new Promise((_, reject) => {
          fail = reject;
        });
      });
      await turn();
      attempt.cancel();
      await turn();
      fail(new Error('late'));
    }));

  it('is cancelled at once though the code does not heed its signal', async () => {
    const { attempt, given } = hanging();
    const { signal } = await given();
    attempt.cancel();
    await assert.rejects(attempt.result, Cancelled);
    assert.equal(signal.aborted, true);
  });

  it('is cancelled by the signal of who began it, and does not begin after that', async () => {
    const cancelling = new AbortController();
    const attempt = start(() => new Promise(() => {}), cancelling.signal);
    cancelling.abort();
    await assert.rejects(attempt.result, Cancelled);
    assert.throws(() => start(async () => TOKENS, cancelling.signal), Cancelled);
  });

  it('what comes late does nothing', async () => {
    const { attempt, given } = hanging();
    const { onAuth, onProgress, onPrompt, onSelect, onManualCodeInput } = await given();
    attempt.cancel();
    await assert.rejects(attempt.result, Cancelled);
    onAuth({ url: PAGE });
    onProgress('late');
    await assert.rejects(onPrompt({ message: 'late' }), Cancelled);
    await assert.rejects(
      onSelect({ message: 'late', options: [{ id: 'a', label: 'a' }] }),
      Cancelled,
    );
    await assert.rejects(onManualCodeInput(), Cancelled);
    assert.deepEqual([person.opened, person.states, person.asked, person.lists], [[], [], [], []]);
  });

  it('takes a question away when it is over', async () => {
    let taken = false;
    person.answer = (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          taken = true;
          resolve(undefined);
        });
      });
    const { attempt, given } = hanging();
    void (await given()).onPrompt({ message: 'Domain' });
    await turn();
    attempt.cancel();
    await assert.rejects(attempt.result, Cancelled);
    assert.equal(taken, true);
  });

  it('ends by itself after half an hour', async () => {
    const { attempt, given } = hanging();
    const { signal } = await given();
    clock.advance(PLUGIN_SIGN_IN_LIMIT_MS - 1);
    await turn();
    assert.equal(signal.aborted, false);
    clock.advance(1);
    await assert.rejects(attempt.result, (error) => isKnown(error, 'signin.timeout'));
    assert.equal(signal.aborted, true);
  });

  it('what was typed in secret is not in a failure, however short it is', async () => {
    const said = async (message: string, answer: string): Promise<string> => {
      person.answer = async () => answer;
      const error = await failed(async ({ onPrompt }) => {
        throw new Error(`The answer ${await onPrompt({ message })} is wrong`);
      });
      assert.ok(isKnown(error, 'plugin.failed'));
      return error.facts.description ?? '';
    };
    assert.equal(await said('Your PIN', ' 48215 '), 'The answer … is wrong');
    assert.equal(await said('Your password', 'a'), 'The answer … is wrong');
    assert.equal(await said('Which region?', 'eu'), 'The answer eu is wrong');
    assert.doesNotMatch(lines.join('\n'), /48215/);
  });

  it('nor what was pasted', async () => {
    const attempt = start(async ({ onManualCodeInput }) => {
      throw new Error(`No code ${await onManualCodeInput()}, nor AB1`);
    });
    await turn();
    attempt.paste('https://localhost/cb?code=AB1');
    await assert.rejects(attempt.result, (error) => {
      assert.ok(isKnown(error, 'plugin.failed'));
      assert.match(error.facts.description ?? '', /^No code …\S*, nor …$/);
      return true;
    });
    assert.doesNotMatch(lines.join('\n'), /AB1/);
  });

  it('says what its code says, without what was typed and without tokens', async () => {
    person.answer = async () => 'hunter2CANARY';
    const error = await failed(async ({ onPrompt }) => {
      const typed = await onPrompt({ message: 'Password' });
      throw new Error(`A subscription is needed.\n${typed} {"access_token":"at_CANARY"}`);
    });
    assert.ok(isKnown(error, 'plugin.failed'));
    assert.match(error.facts.description ?? '', /^A subscription is needed\. … /);
  });

  it('nor the parts of an address that was pasted', async () => {
    const attempt = start(async ({ onManualCodeInput }) => {
      const url = new URL(await onManualCodeInput());
      throw new Error(`bad ${url.searchParams.get('code')} of ${url.hash.slice(3)}`);
    });
    await turn();
    attempt.paste('http://localhost:1455/cb?code=code%20CANARY#k=hash-CANARY');
    await assert.rejects(attempt.result, (error) => {
      assert.ok(isKnown(error, 'plugin.failed'));
      assert.equal(error.facts.description, 'bad … of …');
      return true;
    });
  });

  it('whatever is thrown is a failure with a code', async () => {
    for (const thrown of [undefined, null, 'no seat', { message: 7 }, Symbol('CANARY')]) {
      assert.equal((await failed(() => Promise.reject(thrown))).code, 'plugin.failed');
    }
    const throwsAtOnce = (): never => {
      throw new Error('no seat');
    };
    assert.match((await failed(throwsAtOnce)).message, /no seat/);
    assert.equal((await failed(async () => undefined as never)).code, 'plugin.badCredentials');
    assert.equal((await failed((() => 7) as never)).code, 'plugin.badCredentials');
  });

  it('a view that slips costs nobody the sign-in', async () => {
    person.show = () => {
      throw new Error('CANARY');
    };
    const { credential } = await start(async ({ onProgress }) => {
      onProgress('one');
      return TOKENS;
    }).result;
    assert.equal(credential['access'], TOKENS.access);
  });
});
