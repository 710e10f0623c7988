import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { asSystem } from './database-session.js';

/**
 * Runs work in one transaction: all of it is written, or nothing. The EntityManager given is the transaction's own;
 * what is written through another one stays behind when this one rolls back.
 */
export type Transaction = <T>(work: (em: EntityManager) => Promise<T>) => Promise<T>;

/** As the system, on a fork for each transaction: a long-lived EntityManager would answer from what it remembers. */
export function systemTransaction(orm: MikroORM): Transaction {
  return (work) => asSystem(() => orm.em.fork().transactional(work));
}
