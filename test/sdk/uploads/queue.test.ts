import { Browser, phasesOf } from './tab.js';

const NAMES = Array.from({ length: 10 }, (_none, index) => `call-${index}`);

it('lets others pass while the server is slow to verify', async () => {
  const browser = new Browser();
  const { server, clock } = browser;
  server.finalizesTo = 'FINALIZING';
  const service = browser.tab();
  await service.start();
  for (const name of NAMES) await service.enqueue(browser.make(name));
  await clock.advance(30_000);
  expect(server.arrived).toEqual(NAMES);
  expect(new Set(phasesOf(service))).toEqual(new Set(['verifying']));
  for (const session of server.sessions.values()) session.status = 'COMPLETED';
  await clock.advance(60_000);
  expect(new Set(phasesOf(service))).toEqual(new Set(['uploaded']));
  expect(server.arrived).toHaveLength(10);
  await service.stop();
});

it('stays with the last job until the server has verified it', async () => {
  const browser = new Browser();
  const { server, clock } = browser;
  server.finalizesTo = 'FINALIZING';
  const service = browser.tab();
  await service.start();
  await service.enqueue(browser.make('alone'));
  await clock.advance(10_000);
  for (const session of server.sessions.values()) session.status = 'COMPLETED';
  await clock.advance(3000);
  expect(phasesOf(service)).toEqual(['uploaded']);
  await service.stop();
});

it('does not blame the file, or give up, when something else of the app fails for long', async () => {
  const browser = new Browser();
  const { server, clock } = browser;
  server.before = () => Promise.reject(new Error('The session is being renewed.'));
  const service = browser.tab();
  await service.start();
  await service.enqueue(browser.make('patient'));
  await clock.advance(3 * 3_600_000);
  expect(server.requests.length).toBeGreaterThan(12);
  expect(service.getSnapshot().jobs).toMatchObject([
    { state: { phase: 'waiting', problem: { code: 'NO_CONNECTION' } } },
  ]);
  server.before = () => undefined;
  await clock.advance(300_000);
  expect(phasesOf(service)).toEqual(['uploaded']);
  await service.stop();
});

it('gives a file up that cannot be read, again and again', async () => {
  const browser = new Browser();
  const { clock, files } = browser;
  const service = browser.tab();
  await service.enqueue(browser.make('damaged'));
  const open = files.open.bind(files);
  const unreadable = () => {
    throw new Error('EIO');
  };
  files.open = async (file) => {
    const source = await open(file);
    return source && { ...source, bytes: unreadable };
  };
  await service.start();
  await clock.advance(3 * 3_600_000);
  expect(service.getSnapshot().jobs).toMatchObject([
    { state: { phase: 'failed', problem: { code: 'FILE_UNREADABLE', canRetry: true } } },
  ]);
  await service.stop();
});
