import { Registry } from 'prom-client';
import { SweepMetrics } from './sweep-metrics.js';

it('tells every figure while the database is away', async () => {
  const answers = [Promise.resolve(new Date(5000)), Promise.reject(new Error('the database is away'))];
  const metrics = new SweepMetrics(() => answers.shift() ?? Promise.resolve(undefined));
  const registry = new Registry();
  metrics.show(registry);
  metrics.tell({ phase: 'TEMPORARY', dry_run: false }, { cursor: undefined, temporary: 3 });
  metrics.tell({ phase: 'TEMPORARY', dry_run: true }, { cursor: undefined, temporary: 5 });
  const figures = [await registry.metrics(), await registry.metrics()];
  for (const text of figures) {
    expect(text).toContain('earshot_storage_last_sweep_timestamp_seconds 5\n');
    expect(text).toContain('earshot_storage_collected_total{kind="temporary"} 3\n');
  }
});
