import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Runs work in one transaction: all of it is written, or nothing. The EntityManager given is the transaction's own;
 * what is written through another one stays behind when this one rolls back.
 */
export type Transaction = <T>(work: (em: EntityManager) => Promise<T>) => Promise<T>;
