import { errors } from '../errors.js';
import { clientOperation } from '../http/client-operations.js';
import { accessOf } from './policy.js';
import type { Viewer } from './viewer.js';

/** The only document that somebody without a token has a use for. */
const SIGN_IN = 'SignIn';

/**
 * Throws unless this document may come from this viewer where the safelist is on. FORBIDDEN and no code about documents:
 * the same text is accepted from another role. Without a token there is no role yet, so that is UNAUTHENTICATED.
 */
export function assertSafelisted(viewer: Viewer | undefined, document: string): void {
  if (viewer && accessOf(viewer, 'documents.any') !== 'none') return;
  const name = clientOperation(document);
  if (!viewer && name !== SIGN_IN) throw errors.unauthenticated();
  if (name === undefined)
    throw errors.forbidden('Only operations of the SDK and the console are accepted from your role.');
}
