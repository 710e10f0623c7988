import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery, sql, type DatabaseConnection } from 'kysely';

/** For whom the database is asked. Row-level security shows their rows, and none without a session. */
export interface DatabaseSession {
  /** A viewer's role, or SYSTEM for jobs, signed links and whatever else was authorised in another way. */
  readonly role: string;
  readonly viewerId: string;
}

const SYSTEM: DatabaseSession = { role: 'SYSTEM', viewerId: '' };
const NOBODY: DatabaseSession = { role: '', viewerId: '' };

const current = new AsyncLocalStorage<DatabaseSession>();

/** Everything that `work` asks the database, it asks as this viewer; as nobody where there is none. */
export function asViewer<T>(viewer: { id: string; role: string } | undefined, work: () => T): T {
  return current.run(viewer ? { role: viewer.role, viewerId: viewer.id } : NOBODY, work);
}

export function asSystem<T>(work: () => T): T {
  return current.run(SYSTEM, work);
}

/** Whether what is asked now is asked as the system. */
export function isAsSystem(): boolean {
  return current.getStore() === SYSTEM;
}

/** For the rest of this transaction: what was checked as the viewer may now write what the viewer does not see yet. */
export async function elevate(em: EntityManager): Promise<void> {
  await sql`select set_config('earshot.role', 'SYSTEM', true)`.execute(em.getKysely());
}

const APPLY = `select set_config('earshot.role', $1, false), set_config('earshot.viewer', $2, false),
  set_config('statement_timeout', $3, false)`;

const applied = new WeakMap<DatabaseConnection, DatabaseSession>();

/**
 * Tells a pooled connection whose it is, each time it leaves the pool for another viewer than before, and how many
 * seconds one statement may take for them (0: any; the system's own work has no limit). It is outside of any
 * transaction then, so that no rollback takes it back.
 */
export async function applySession(connection: DatabaseConnection, statementTimeout: number): Promise<void> {
  const session = current.getStore() ?? NOBODY;
  const last = applied.get(connection);
  if (last?.role === session.role && last.viewerId === session.viewerId) return;
  applied.delete(connection);
  const milliseconds = isAsSystem() ? 0 : Math.ceil(statementTimeout * 1000);
  await connection.executeQuery(
    CompiledQuery.raw(APPLY, [session.role, session.viewerId, String(milliseconds)]),
  );
  applied.set(connection, session);
}
