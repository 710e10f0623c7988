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
