import { Browser, phasesOf } from './tab.js';

/** Uploaded once, and then the same sound under another name. */
async function enqueueAgain(prepare: (browser: Browser) => void) {
  const browser = new Browser();
  const { server, clock, files } = browser;
  const service = browser.tab();
  await service.start();
  const first = browser.make('call');
  await service.enqueue(first);
  await clock.advance(1000);
  expect([phasesOf(service), [...files.bytes.keys()]]).toEqual([['uploaded'], []]);
  prepare(browser);
  browser.make('copy', 'sound of call');
  await service.enqueue({ ...first, file: { uri: 'copy' } });
  await clock.advance(1000);
  return { service, server, clock, files, browser };
}

it('removes a second file of what the server has, once the server has said so', async () => {
  const { service, server, files } = await enqueueAgain((before) => void (before.server.requests.length = 0));
  expect([phasesOf(service), [...files.bytes.keys()]]).toEqual([['uploaded'], []]);
  expect(server.requests).toContain('CallLogRecordingState');
  expect(server.arrived).toEqual(['call']);
  await service.stop();
});

it('sends it again where the server has it no more', async () => {
  const { service, server, files } = await enqueueAgain((before) => before.server.sessions.clear());
  expect([phasesOf(service), [...files.bytes.keys()]]).toEqual([['uploaded'], []]);
  expect(server.arrived).toEqual(['call', 'call']);
  await service.stop();
});

it('keeps it while the server cannot be asked', async () => {
  const { service, clock, files, browser } = await enqueueAgain(({ network }) =>
    network.set({ isOnline: false }),
  );
  expect([phasesOf(service), [...files.bytes.keys()]]).toEqual([['held'], ['copy']]);
  browser.network.set({ isOnline: true });
  await clock.advance(1000);
  expect([phasesOf(service), [...files.bytes.keys()]]).toEqual([['uploaded'], []]);
  await service.stop();
});
