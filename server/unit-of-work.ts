import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { asSystem } from './database-session.js';

/**
 * Runs work in one transaction: all of it is written, or nothing. The EntityManager given is the transaction's own;
 * what is written through another one stays behind when this one rolls back.
 */
export type Transaction = <T>(work: (em: EntityManager) => Promise<T>) => Promise<T>;

export interface SystemTransaction extends Transaction {
  /** For work of one statement, which is a transaction by itself: two round trips less. */
  readonly statement: Transaction;
}

/** As the system, on a fork for each transaction: a long-lived EntityManager would answer from what it remembers. */
export function systemTransaction(orm: MikroORM): SystemTransaction {
  const transaction: Transaction = (work) => asSystem(() => orm.em.fork().transactional(work));
  const statement: Transaction = (work) => asSystem(() => work(orm.em.fork()));
  return Object.assign(transaction, { statement });
}
