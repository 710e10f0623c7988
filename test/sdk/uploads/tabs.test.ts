import { Browser, phasesOf } from './tab.js';

it('lets the tabs of a browser share what was set for the queue', async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  await Promise.all([one.start(), two.start()]);
  await one.pauseAll();
  await two.setWifiOnly(true);
  expect(two.getSnapshot()).toMatchObject({ isPaused: true, wifiOnly: true });
  await one.wake();
  expect(one.getSnapshot()).toMatchObject({ isPaused: true, wifiOnly: true });
  const third = browser.tab();
  await third.start();
  expect(third.getSnapshot()).toMatchObject({ isPaused: true, wifiOnly: true });
  await Promise.all([one.stop(), two.stop(), third.stop()]);
});

it('begins nothing in one tab after another has paused the queue', async () => {
  const browser = new Browser();
  const { server, clock } = browser;
  const [one, two] = [browser.tab(), browser.tab()];
  await Promise.all([one.start(), two.start()]);
  await one.pauseAll();
  await two.enqueue(browser.make('late'));
  await clock.advance(60_000);
  expect(server.requests).toEqual([]);
  expect(two.getSnapshot().jobs).toMatchObject([{ state: { phase: 'held', hold: 'QUEUE_PAUSED' } }]);
  await two.resumeAll();
  await clock.advance(60_000);
  expect(phasesOf(two)).toEqual(['uploaded']);
  await Promise.all([one.stop(), two.stop()]);
});
