import type { SignedIn } from '../auth/auth.service.js';
import type { UserReader } from '../auth/user.reader.js';
import { EarshotError } from '../errors.js';
import type { Transaction } from '../unit-of-work.js';
import { writeAudit } from './audit-log.js';

export interface SignInTry {
  readonly email: string;
  /** Where it comes from. */
  readonly address: string;
}

/**
 * Writes down how a sign-in ended, before anybody hears of it. What was typed is not kept: whose account it was for
 * says enough, and may be nobody's. Tries that were throttled are not written, so that guessing fills no table.
 */
export async function auditedSignIn(
  transaction: Transaction,
  users: UserReader,
  { email, address }: SignInTry,
  signIn: () => Promise<SignedIn>,
): Promise<SignedIn> {
  const write = (kind: 'SIGNED_IN' | 'SIGN_IN_REFUSED', actorId: string | null): Promise<void> =>
    transaction((em) => writeAudit(em, { kind, actorId, address }));
  let signedIn: SignedIn;
  try {
    signedIn = await signIn();
  } catch (error) {
    if (error instanceof EarshotError && error.code === 'UNAUTHENTICATED')
      await write('SIGN_IN_REFUSED', (await users.credentials(email.trim()))?.id ?? null);
    throw error;
  }
  await write('SIGNED_IN', signedIn.user.id);
  return signedIn;
}
