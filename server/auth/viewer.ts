import type { Role } from './user.entity.js';

/** Who asks. Everything that is read or changed is read or changed as a viewer. */
export interface Viewer {
  readonly id: string;
  readonly role: Role;
  /** When the token ends. */
  readonly expiresAt: Date;
}
