import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
} from 'oauth4webapi';

/** The three values that tie one sign-in together. Made fresh for each attempt, never stored. */
export interface ProofKey {
  /** RFC 7636 4.1: 256 random bits. Goes into the token request and nowhere else. */
  readonly verifier: string;
  /** RFC 7636 4.2, method S256. */
  readonly challenge: string;
  /** RFC 6749 10.12: 256 random bits of its own. It passes through address bars, so it must not be the verifier. */
  readonly state: string;
}

/** Draws a new {@link ProofKey} from the system's random source. */
export async function newProofKey(): Promise<ProofKey> {
  const verifier = generateRandomCodeVerifier();
  return {
    verifier,
    challenge: await calculatePKCECodeChallenge(verifier),
    state: generateRandomState(),
  };
}
