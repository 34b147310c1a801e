/** A person whom the authorization server of the tests and the demo knows. */
export interface Person {
  readonly email: string;
  readonly name: string;
  /** `chatgpt_user_id`: the same for one person in several workspaces. */
  readonly userId: string;
  /** `chatgpt_account_id`: the workspace that pays. */
  readonly accountId: string;
  readonly plan: 'plus' | 'pro' | 'team' | 'free';
}

/** Ann has a private and a work account, which share a user id as they do at ChatGPT. */
export const people: readonly Person[] = [
  {
    email: 'ann@example.com',
    name: 'Ann Alder',
    userId: 'user-ann',
    accountId: 'acct-ann',
    plan: 'plus',
  },
  {
    email: 'ann@work.example',
    name: 'Ann Alder',
    userId: 'user-ann',
    accountId: 'acct-work',
    plan: 'team',
  },
  {
    email: 'bob@example.com',
    name: 'Bob Birch',
    userId: 'user-bob',
    accountId: 'acct-bob',
    plan: 'pro',
  },
  {
    email: 'cleo@example.com',
    name: 'Cleo Cedar',
    userId: 'user-cleo',
    accountId: 'acct-cleo',
    plan: 'free',
  },
];

/** The known person of that e-mail, or a new one made from it: any address can sign in. */
export function personOf(email: string): Person {
  const wanted = email.trim().toLowerCase();
  const known = people.find((person) => person.email === wanted);
  if (known !== undefined) {
    return known;
  }
  const handle = wanted.replace(/[^a-z0-9]+/g, '-');
  return {
    email: wanted,
    name: wanted.split('@')[0] ?? wanted,
    userId: `user-${handle}`,
    accountId: `acct-${handle}`,
    plan: 'plus',
  };
}
