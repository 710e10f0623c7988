import { readdir, readFile } from 'node:fs/promises';
import { apiReports } from '../../sdk/api/report.js';

const folder = new URL('../../sdk/api/', import.meta.url);
const reports = apiReports();

describe("the SDK's public API is as it was last agreed on: `npm run api -w @earshot/sdk` writes it anew", () => {
  it.each([...reports])('%s', async (name, report) => {
    expect(report).toBe(await readFile(new URL(name, folder), 'utf8'));
  });

  it('and no entry is gone', async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.txt'));
    expect(names.toSorted()).toEqual([...reports.keys()].toSorted());
  });
});
