import { type Person, people } from './people.ts';

/** The login page. `problem` is said above the form. */
export function loginPage(action: string, problem?: string): string {
  const buttons = people
    .map(
      (person) =>
        `<button class="person" name="pick" value="${escapeHtml(person.email)}" formnovalidate>
          <span class="initial">${escapeHtml(person.name.slice(0, 1))}</span>
          <span><b>${escapeHtml(person.email)}</b><small>${escapeHtml(person.plan)} plan</small></span>
        </button>`,
    )
    .join('\n');
  return page(
    'Sign in',
    `<h1>Welcome back</h1>
    ${problem === undefined ? '' : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`}
    <form method="post" action="${escapeHtml(action)}">
      <label>E-mail<input name="email" type="email" autocomplete="username" required autofocus></label>
      <label>Password<input name="password" type="password" autocomplete="off" required></label>
      <button class="main" name="answer" value="login">Continue</button>
      <div class="or"><span>or as</span></div>
      ${buttons}
      <button class="quiet" name="answer" value="cancel" formnovalidate>Cancel</button>
    </form>`,
  );
}

/** The consent page: one person, what is asked, Continue and Cancel. */
export function consentPage(action: string, person: Person, scopes: readonly string[]): string {
  const words: Readonly<Record<string, string>> = {
    openid: 'Know who you are',
    profile: 'See your name',
    email: 'See your e-mail address',
    offline_access: 'Stay signed in when you are away',
  };
  const items = scopes.map((scope) => `<li>${escapeHtml(words[scope] ?? scope)}</li>`).join('\n');
  return page(
    'Allow access',
    `<h1>Sign in to CoderClaw</h1>
    <p>as <b>${escapeHtml(person.email)}</b> (${escapeHtml(person.plan)} plan). CoderClaw will be able to:</p>
    <ul>${items}</ul>
    <form method="post" action="${escapeHtml(action)}">
      <button class="main" name="answer" value="continue" autofocus>Continue</button>
      <button class="quiet" name="answer" value="cancel">Cancel</button>
    </form>`,
  );
}

/** What a person sees when the request itself was wrong, so there is nowhere to send them back to. */
export function errorPage(error: string, description: string): string {
  return page(
    'Something is wrong',
    `<h1>This request cannot go on</h1><p class="problem" role="alert">${escapeHtml(error)}: ${escapeHtml(description)}</p>`,
  );
}

/** Where a device code is entered. `form` is the server's own. */
export function deviceCodePage(form: string): string {
  return page(
    'Enter the code',
    `<h1>Enter the code</h1><p>The program that you want to sign in shows it.</p>
    ${form}<button class="main" form="op.deviceInputForm">Continue</button>`,
  );
}

/** Asks whether that is the code that the person has seen. */
export function deviceConfirmPage(form: string, userCode: string): string {
  return page(
    'Confirm the code',
    `<h1>Is this your code?</h1><p><b>${escapeHtml(userCode)}</b></p>
    ${form}<button class="main" form="op.deviceConfirmForm" autofocus>Continue</button>
    <button class="quiet" form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button>`,
  );
}

/** The end of it: the rest happens where the code was shown. */
export function deviceDonePage(): string {
  return page('Signed in', '<h1>Signed in</h1><p>You can close this page.</p>');
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · practice ChatGPT</title>
<style>${style}</style>
</head>
<body>
<main>
<div class="mark" aria-hidden="true"></div>
${body}
</main>
<footer>A stand-in for ChatGPT's sign-in that runs on this machine. Any password will do.</footer>
</body>
</html>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1d1f24; --soft: #6a6f7a; --line: #d9dbe1; --ground: #f5f5f7;
  --card: #fff; --main: #2f6f5e; --on-main: #fff; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #a0a4ae; --line: #3a3d45;
  --ground: #17181c; --card: #202127; --main: #7fd1b9; --on-main: #10201b; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; gap: 1rem; padding: 1rem;
  background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(24rem, 92vw); padding: 2rem; border: 1px solid var(--line); border-radius: 16px;
  background: var(--card); }
.mark { width: 2.5rem; height: 2.5rem; margin: 0 auto 1rem; border-radius: 50%;
  background: conic-gradient(from 40deg, var(--main), #4b7bd1, #c06fb0, var(--main)); }
h1 { margin: 0 0 1rem; font-size: 1.4rem; font-weight: 600; text-align: center; }
ul { margin: 0 0 1.25rem; padding-left: 1.2rem; color: var(--soft); }
label { display: block; margin-bottom: .75rem; font-size: .875rem; color: var(--soft); }
input { display: block; width: 100%; margin-top: .25rem; padding: .65rem .75rem; border: 1px solid var(--line);
  border-radius: 10px; background: transparent; color: var(--ink); font: inherit; }
button { display: block; width: 100%; padding: .7rem; border: 1px solid transparent; border-radius: 10px;
  background: none; color: var(--ink); font: inherit; cursor: pointer; }
button:focus-visible, input:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; }
button.main { background: var(--main); color: var(--on-main); font-weight: 600; }
button.quiet { margin-top: .5rem; color: var(--soft); }
button.person { display: flex; gap: .75rem; align-items: center; margin-bottom: .5rem; padding: .5rem .75rem;
  border-color: var(--line); text-align: left; }
.person b, .person small { display: block; font-weight: 500; }
.person small { color: var(--soft); }
.initial { display: grid; place-content: center; width: 2rem; height: 2rem; border-radius: 50%;
  background: var(--line); font-weight: 600; }
.or { display: flex; align-items: center; gap: .75rem; margin: 1rem 0; color: var(--soft); font-size: .8rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.problem { color: var(--bad); }
footer { max-width: 24rem; text-align: center; color: var(--soft); font-size: .8rem; }
`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
