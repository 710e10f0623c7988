import { Gauge, type Registry } from 'prom-client';
import type pg from 'pg';

/** The connections of this process to PostgreSQL, but for those of the queue and of the topics. */
export function showPool(registry: Registry, pool: pg.Pool): void {
  const connections = new Gauge({
    name: 'earshot_database_connections',
    help: 'Open connections of the pool, by state: busy or idle.',
    labelNames: ['state'],
    registers: [],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  });
  const waiting = new Gauge({
    name: 'earshot_database_waiting',
    help: 'Requests and jobs that wait for a connection of the pool.',
    registers: [],
    collect() {
      this.set(pool.waitingCount);
    },
  });
  for (const gauge of [connections, waiting]) registry.registerMetric(gauge);
}
