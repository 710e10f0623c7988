import { createError } from '../../../sdk/core/error-classes.js';
import { Browser, phasesOf } from './tab.js';

async function begin(prepare: (browser: Browser) => void) {
  const browser = new Browser();
  prepare(browser);
  const service = browser.tab();
  await service.start();
  const { id } = await service.enqueue(browser.make('call'));
  const { server, clock } = browser;
  const session = () => [...server.sessions.values()][0]!;
  return { id, service, server, clock, session };
}

it("ends the server's session that was asked for and whose answer is still on its way", async () => {
  const { id, service, server, clock } = await begin((browser) => {
    browser.server.after = (name) => (name === 'RequestUpload' ? new Promise(() => undefined) : undefined);
  });
  await clock.advance(100);
  expect(server.statusesOf('call')).toEqual(['OPEN']);
  server.after = () => undefined;
  await service.cancel(id);
  await clock.advance(60_000);
  expect(phasesOf(service)).toEqual(['cancelled']);
  expect(server.statusesOf('call')).toEqual(['CANCELLED']);
  await service.stop();
});

it("ends the server's session whose answer never came", async () => {
  const { id, service, server, clock } = await begin((browser) => {
    browser.server.after = (name) => {
      if (name === 'RequestUpload') throw createError('Lost.', { code: 'NETWORK' });
    };
  });
  await clock.advance(100);
  expect(phasesOf(service)).toEqual(['waiting']);
  server.after = () => undefined;
  await service.cancel(id);
  await clock.advance(60_000);
  expect(server.statusesOf('call')).toEqual(['CANCELLED']);
  await service.forget(id);
  expect(phasesOf(service)).toEqual([]);
  await service.stop();
});

it.each([
  ['at once', 0],
  ['while the server still verifies', 20_000],
])('sends nothing again that was cancelled before it failed, %s', async (_name, verifies) => {
  const { id, service, server, clock, session } = await begin((browser) => {
    browser.server.finalizesTo = 'FINALIZING';
  });
  await clock.advance(5000);
  expect(phasesOf(service)).toEqual(['verifying']);
  if (verifies === 0) session().status = 'FAILED';
  await service.cancel(id);
  await clock.advance(verifies);
  session().status = 'FAILED';
  await clock.advance(300_000);
  expect(phasesOf(service)).toEqual(['cancelled']);
  expect([server.arrived, server.statusesOf('call')]).toEqual([['call'], ['FAILED']]);
  await service.stop();
});

it('is too late where the server has stored it', async () => {
  const { id, service, clock, session } = await begin((browser) => {
    browser.server.finalizesTo = 'FINALIZING';
  });
  await clock.advance(5000);
  await service.cancel(id);
  session().status = 'COMPLETED';
  await clock.advance(300_000);
  expect(phasesOf(service)).toEqual(['uploaded']);
  await service.stop();
});

it('cancels all that is not settled, and begins nothing meanwhile', async () => {
  const browser = new Browser();
  const { server, clock } = browser;
  const service = browser.tab();
  await service.start();
  await service.enqueue(browser.make('done'));
  await clock.advance(1000);
  server.before = (name) => (name === 'PUT' ? new Promise(() => undefined) : undefined);
  for (const name of ['one', 'two', 'three', 'four']) await service.enqueue(browser.make(name));
  const [paused] = service.getSnapshot().jobs.slice(-1);
  await service.pause(paused!.id);
  await clock.advance(1000);
  expect(phasesOf(service)).toEqual(['uploaded', 'sending', 'sending', 'queued', 'held']);
  await service.cancelAll();
  await clock.advance(60_000);
  expect(phasesOf(service)).toEqual(['uploaded', 'cancelled', 'cancelled', 'cancelled', 'cancelled']);
  expect(['one', 'two', 'three', 'four'].map((name) => server.statusesOf(name))).toEqual([
    ['CANCELLED'],
    ['CANCELLED'],
    [],
    [],
  ]);
  await service.stop();
});
