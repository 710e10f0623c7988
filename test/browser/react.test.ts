import { fixture } from '../support/fixtures.js';
import { Caller } from '../support/upload-steps.js';
import { button, PATIENCE, playerOf, record, refuseUploads, Stage, untilPlayer } from './react.steps.js';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open('react-page.tsx');
}, PATIENCE);

afterEach(() => stage.leave());

afterAll(() => stage[Symbol.asyncDispose]());

it(
  'RecordingPlayer plays, pauses, is moved by keys, and changes its speed',
  async () => {
    const caller = await Caller.create(stage.app);
    const { callLogId } = await caller.recorded('call.mp3');
    const page = await stage.show({ token: caller.token, id: callLogId });
    const bar = page.getByRole('group', { name: 'One call' });
    await untilPlayer(page, 'paused');
    await bar.getByRole('button', { name: 'Play' }).click();
    await untilPlayer(page, 'playing', 1);
    await bar.getByRole('button', { name: 'Pause' }).click();
    await untilPlayer(page, 'paused');
    const slider = bar.getByRole('slider', { name: 'Position' });
    await slider.press('Home');
    for (let times = 0; times < 5; times += 1) await slider.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^0:05 of 0:3\d$/);
    await button(page, 'Forward 10 seconds').click();
    await untilPlayer(page, 'paused', 15);
    await bar.getByLabel('Speed').selectOption('1.5');
    expect((await playerOf(page)).rate).toBe(1.5);
  },
  PATIENCE,
);

it(
  'says why there is no recording, in the list and in the player',
  async () => {
    const caller = await Caller.create(stage.app);
    const callLogId = await caller.call();
    const page = await stage.show({ token: caller.token, id: callLogId });
    const reason = page.getByText('There is no recording of this call.');
    await reason.nth(1).waitFor();
    expect(await page.getByRole('button', { name: /Play/ }).count()).toBe(0);
    const hindi = await stage.show({ token: caller.token, id: callLogId, language: 'hi' });
    await hindi.getByText('इस कॉल की कोई रिकॉर्डिंग नहीं है।').nth(1).waitFor();
  },
  PATIENCE,
);

it(
  'RecordingList goes on page by page, and plays and retries what was recorded here',
  async () => {
    const caller = await Caller.create(stage.app);
    const ids = [await caller.call(), await caller.call(), await caller.call()];
    const page = await stage.show({ token: caller.token });
    const rows = page.getByRole('listitem');
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    await button(page, 'Show more').click();
    await rows.nth(2).waitFor();
    const allow = await refuseUploads(page);
    await record(page, ids[0]!, await fixture('call.m4a'), 'call.m4a');
    await page.getByText('Upload failed').waitFor();
    await allow();
    await button(page, 'Try again').click();
    await page.waitForFunction("earshotPage.phases().every((phase) => phase === 'uploaded')");
    await page.getByRole('button', { name: /^Play/ }).click();
    await untilPlayer(page, 'playing', 1);
    expect((await playerOf(page)).state.isLocal).toBe(false);
  },
  PATIENCE,
);

it.each(['light', 'dark'] as const)(
  'axe finds nothing in %s',
  async (theme) => {
    const caller = await Caller.create(stage.app);
    const { callLogId } = await caller.recorded('call.m4a');
    await caller.call();
    await caller.call();
    const page = await stage.show({ token: caller.token, id: callLogId, theme });
    await untilPlayer(page, 'paused');
    await page.getByRole('listitem').nth(1).waitFor();
    expect(await stage.violations(page)).toEqual([]);
    const nothing = await stage.show({ token: 'of nobody', id: callLogId, theme });
    await nothing.getByRole('alert').first().waitFor();
    expect(await stage.violations(nothing)).toEqual([]);
  },
  PATIENCE,
);
