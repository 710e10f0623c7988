import { newId } from '../../server/entity.js';
import { eventually } from '../support/eventually.js';
import { isThere, leave } from '../support/sweep-steps.js';
import { TestApp } from '../support/test-app.js';
import { below } from '../support/upload-steps.js';

/** Two processes over one database and one store, both eager. */
it('sweeps begin by themselves, one at a time', async () => {
  const env = { STORAGE_SWEEP_SECONDS: '1', SWEEP_SECONDS: '0.2' };
  await using one = await TestApp.start({ env });
  await using _two = await TestApp.start({ env, shareWith: one });
  const stray = await leave(one, `${below.recording(newId())}${newId()}.mp3`);
  await eventually(async () => !(await isThere(one, stray)));
  type Row = { status: string; started_by_id: string | null; inserted_at: Date; finished_at: Date | null };
  const sweeps = () => one.database.query<Row>('select * from storage_sweeps order by inserted_at');
  await eventually(async () => (await sweeps()).filter(({ status }) => status === 'FINISHED').length >= 2);
  const rows = await sweeps();
  expect(rows.every((row) => row.started_by_id === null)).toBe(true);
  for (const [n, next] of rows.slice(1).entries()) {
    const before = rows[n];
    expect(before?.finished_at?.getTime()).toBeLessThanOrEqual(next.inserted_at.getTime());
  }
});
