import type { Page } from 'playwright-core';
import { until } from '../support/eventually.js';
import { fixture } from '../support/fixtures.js';
import { Caller } from '../support/upload-steps.js';
import { button, PATIENCE, playerOf, record, refuseUploads, Stage, untilPlayer } from './react.steps.js';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open('react-native-page.tsx');
}, PATIENCE);

afterEach(() => stage.leave());

afterAll(() => stage[Symbol.asyncDispose]());

const THEMES = ['light', 'dark'] as const;
const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

describe('RecordingList and RecordingPlayerBar', () => {
  it(
    'tells of each call; plays, pauses, seeks by key and by touch, changes the speed; pages; says why none',
    async () => {
      const caller = await Caller.create(stage.app);
      const { make } = stage.app;
      const startedAt = new Date('2026-01-02T10:00:00Z');
      const busy = {
        outcome: 'BUSY',
        durationSeconds: 9,
        startedAt: new Date('2026-01-01T10:00:00Z'),
      } as const;
      await make.callLog(caller.lead, caller.user, busy);
      await make.callLog(caller.lead, caller.user, { outcome: 'NO_ANSWER', startedAt });
      await caller.recorded('call.m4a');
      const page = await stage.show({ screen: 'recordings', token: caller.token });

      const first = page.getByRole('listitem').first();
      expect(await first.innerText()).toContain('Connected');
      expect(await row(page, 'No answer').innerText()).toContain('There is no recording of this call.');
      expect(await page.getByRole('listitem').count()).toBe(2);
      await button(page, 'Show more').click();
      expect(await row(page, 'Busy').innerText()).toContain('0:09');

      await first.getByRole('button', { name: /^Play, / }).click();
      await untilPlayer(page, 'playing', 1);
      expect((await playerOf(page)).state).toMatchObject({
        duration: expect.closeTo(33.5, 0),
        isLocal: false,
      });
      await first.getByRole('button', { name: /^Pause, / }).click();
      await untilPlayer(page, 'paused');

      const slider = page.getByRole('slider', { name: 'Position' });
      await slider.press('Home');
      await slider.press('PageUp');
      await slider.press('ArrowRight');
      await untilPlayer(page, 'paused', 15);
      expect(await slider.getAttribute('aria-valuetext')).toBe('0:15 of 0:33');
      const box = (await slider.boundingBox())!;
      await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
      await untilPlayer(page, 'paused', 24);
      expect((await playerOf(page)).state.position).toBeCloseTo(25.1, 0);
      await button(page, 'Back 10 seconds').click();
      expect((await playerOf(page)).state.position).toBeCloseTo(15.1, 0);
      await button(page, 'Speed: 1 ×').click();
      expect((await playerOf(page)).rate).toBe(1.25);
    },
    PATIENCE,
  );

  it(
    'has words for nothing, and is read afresh',
    async () => {
      const caller = await Caller.create(stage.app);
      const page = await stage.show({ screen: 'recordings', token: caller.token });
      await page.getByText('No calls yet.').waitFor();
      await caller.call();
      await button(page, 'Refresh').click();
      await page.getByRole('listitem').waitFor();
      expect(await page.getByText('No calls yet.').count()).toBe(0);
    },
    PATIENCE,
  );

  it(
    'an upload that was refused is tried again, and then plays from the server',
    async () => {
      const caller = await Caller.create(stage.app);
      const callLogId = await caller.call();
      const page = await stage.show({ screen: 'recordings', token: caller.token });
      await page.getByRole('listitem').waitFor();
      const allow = await refuseUploads(page);
      const bytes = await fixture('call.m4a');
      await record(page, callLogId, bytes, 'call.m4a');
      await page.getByText('Upload failed').waitFor();
      // It is still on this device, and plays from there.
      await page.getByRole('button', { name: /^Play, / }).click();
      await untilPlayer(page, 'playing');
      expect((await playerOf(page)).state.isLocal).toBe(true);
      await allow();
      await page.getByRole('button', { name: /^Try again, / }).click();
      await page.waitForFunction("earshotPage.phases().every((phase) => phase === 'uploaded')");
      expect((await caller.client.callLog(callLogId)).recording).toMatchObject({
        status: 'UPLOADED',
        byteSize: bytes.length,
      });
      const again = await stage.show({ screen: 'recordings', token: caller.token });
      await again.getByRole('button', { name: /^Play, / }).click();
      await untilPlayer(again, 'playing');
      expect((await playerOf(again)).state.isLocal).toBe(false);
    },
    PATIENCE,
  );

  it(
    'says that it could not be loaded, and tries again',
    async () => {
      const page = await stage.show({ screen: 'recordings', token: 'of nobody' });
      await page.getByText('This could not be loaded.').waitFor();
      const asked = page.waitForRequest('**/graphql');
      await button(page, 'Try again').click();
      await asked;
    },
    PATIENCE,
  );
});

it(
  'UploadQueueScreen pauses, goes on, cancels, forgets, and waits for Wi-Fi',
  async () => {
    const caller = await Caller.create(stage.app);
    const page = await stage.show({ screen: 'queue', token: caller.token });
    await page.getByText('Nothing to upload.').waitFor();
    await button(page, 'Pause all').click();
    const bytes = await fixture('call.m4a');
    await record(page, await caller.call(), bytes, 'one.m4a');
    await record(page, await caller.call(), bytes, 'two.m4a');
    await row(page, 'two.m4a').getByText('All uploads are paused').waitFor();
    await button(page, 'Cancel, two.m4a').click();
    await row(page, 'two.m4a').getByText('Upload cancelled').waitFor();
    await button(page, 'Remove, two.m4a').click();
    await row(page, 'two.m4a').waitFor({ state: 'detached' });
    await page.getByRole('switch', { name: 'On Wi-Fi only', checked: false }).click();
    await page.getByRole('switch', { name: 'On Wi-Fi only', checked: true }).waitFor();
    await button(page, 'Resume all').click();
    await row(page, 'one.m4a').getByText('Uploaded').waitFor();
    await button(page, 'Remove, one.m4a').click();
    await page.getByText('Nothing to upload.').waitFor();
  },
  PATIENCE,
);

it(
  'UploadQueueScreen cancels all, and asks before it does',
  async () => {
    const caller = await Caller.create(stage.app);
    const page = await stage.show({ screen: 'queue', token: caller.token });
    await button(page, 'Pause all').click();
    expect(await button(page, 'Cancel all').count()).toBe(0);
    const bytes = await fixture('call.m4a');
    await record(page, await caller.call(), bytes, 'one.m4a');
    await record(page, await caller.call(), bytes, 'two.m4a');
    await button(page, 'Cancel all').click();
    await page.getByText('Cancel all uploads? The recordings stay on this device.').waitFor();
    expect(await stage.violations(page)).toEqual([]);
    await button(page, 'No, go on').click();
    await button(page, 'Cancel all').click();
    await row(page, 'one.m4a').getByText('All uploads are paused').waitFor();
    await button(page, 'Yes, cancel all').click();
    for (const name of ['one.m4a', 'two.m4a']) await row(page, name).getByText('Upload cancelled').waitFor();
    await button(page, 'Cancel all').waitFor({ state: 'detached' });
  },
  PATIENCE,
);

it(
  'PermissionGate says why, asks, asks again after a denial, and leads to the settings where it is blocked',
  async () => {
    const page = await stage.show({ screen: 'permission', token: '' });
    await page.getByRole('heading', { name: 'May this app use the microphone?' }).waitFor();
    await page.evaluate("phone.answer = { status: 'denied', canAskAgain: true }");
    await button(page, 'Continue').click();
    await page.getByRole('heading', { name: 'The microphone was not allowed' }).waitFor();
    expect(await stage.violations(page)).toEqual([]);
    await page.evaluate("phone.answer = { status: 'denied', canAskAgain: false }");
    await button(page, 'Ask again').click();
    await page.getByRole('heading', { name: 'The microphone is turned off for this app' }).waitFor();
    expect(await stage.violations(page)).toEqual([]);
    await button(page, 'Open settings').click();
    expect(await page.evaluate('phone.openedSettings')).toBe(1);
    expect(await page.getByText('Recording can begin').count()).toBe(0);
    await page.evaluate("phone.status = 'granted'; phone.activate('active')");
    await page.getByText('Recording can begin').waitFor();
  },
  PATIENCE,
);

describe('CatiCallList and CatiCallDetail', () => {
  it(
    'tells of each call, and shows one with its recording, or why there is none, and a review',
    async () => {
      const { app } = stage;
      const interviewer = await app.make.user('INTERVIEWER', { name: 'Isha' });
      const stored = await app.make.catiCall(interviewer, {
        callId: 'stored-call',
        talkSeconds: 33,
        startedAt: new Date('2026-01-03T10:00:00Z'),
      });
      const expiring = await app.make.recording({
        status: 'FAILED',
        errorCode: 'SOURCE_UNREACHABLE',
        errorMessage: 'The provider could not be reached.',
        errorAt: new Date(),
        sourceExpiresAt: new Date(Date.now() + 3.5 * 24 * 3_600_000),
        flags: ['SHORT'],
      });
      await app.make.catiCall(interviewer, {
        recording: expiring.id,
        startedAt: new Date('2026-01-02T10:00:00Z'),
      });
      const bytes = await fixture('call.m4a');
      const client = await app.client(interviewer);
      const { id } = await client.requestUpload({
        strategy: 'CHUNKED',
        byteSize: bytes.length,
        catiCallId: stored.id,
      });
      await client.appendChunk({ uploadId: id, offset: 0, chunk: bytes });
      await client.finalizeUpload({ uploadId: id });
      await app.ingested(id);
      const agent = await app.make.user('QUALITY_AGENT');
      const { accessToken } = await app.services.tokens.issue(agent.id);

      const page = await stage.show({ screen: 'cati', token: accessToken });
      const failed = page.getByRole('listitem').nth(1);
      expect(await failed.innerText()).toMatch(
        /Isha[\s\S]*Not stored · 3 days left at the provider[\s\S]*Short/,
      );
      const first = await page.getByRole('listitem').first().innerText();
      expect(first).toMatch(/5678 · Completed[\s\S]*Isha · 0:33[\s\S]*Stored/);
      // The server masks what this person may not see.
      expect(first).not.toContain('0000005678');
      expect(await stage.violations(page)).toEqual([]);
      await failed.getByRole('button', { name: /Completed/ }).click();
      await page.getByText('The recording could not be stored yet. It is tried again.').waitFor();

      const other = await stage.show({ screen: 'cati', token: accessToken, theme: 'dark' });
      await other.getByRole('button', { name: /Stored/ }).click();
      await other.getByText('Review of stored-call').waitFor();
      await button(other, 'Play').click();
      await untilPlayer(other, 'playing', 1);
      await button(other, 'Pause').click();
      await button(other, 'Review this call').click();
      await other.getByRole('checkbox', { name: 'Respondent inaudible' }).click();
      const lapsed =
        "update reviews set claimed_until = now() - interval '1 second' where cati_call_id = $1 returning 1";
      expect(await app.database.query(lapsed, [stored.id])).toHaveLength(1);
      // Refused, and asked for again: the lock ran out meanwhile, and nothing that was filled in is gone.
      await other.getByRole('checkbox', { name: 'Respondent inaudible' }).click();
      await other.getByRole('checkbox', { name: 'Both can be heard' }).click();
      await button(other, 'Reject').click();
      await other.getByText(/Say why it is rejected/).waitFor();
      await other.getByRole('checkbox', { name: 'Both can be heard', checked: true }).click();
      await other.getByRole('checkbox', { name: 'Respondent inaudible' }).click();
      await other.getByRole('textbox', { name: 'Feedback for the interviewer' }).fill('Speak up, please.');
      const held = 'select 1 from reviews where cati_call_id = $1 and claimed_until > now()';
      await until(async () => (await app.database.query(held, [stored.id])).length === 1, 30);
      expect(await stage.violations(other)).toEqual([]);
      await button(other, 'Reject').click();
      // The field that it was typed into has the same words.
      await other
        .getByRole('textbox', { name: 'Feedback for the interviewer' })
        .waitFor({ state: 'detached' });
      await other.getByText('Speak up, please.', { exact: true }).waitFor();
      const [review] = await app.database.query(
        'select status, findings, feedback, reviewer_id from reviews where cati_call_id = $1',
        [stored.id],
      );
      expect(review).toEqual({
        status: 'REJECTED',
        findings: ['RESPONDENT_INAUDIBLE'],
        feedback: 'Speak up, please.',
        reviewer_id: agent.id,
      });
      expect(await stage.violations(other)).toEqual([]);
    },
    PATIENCE,
  );
});

it.each(THEMES)(
  'axe finds nothing in %s, in English and Hindi',
  async (theme) => {
    const caller = await Caller.create(stage.app);
    await caller.recorded('call.m4a');
    await caller.call();
    const { token } = caller;
    const list = await stage.show({ screen: 'recordings', token, theme });
    await list.getByRole('button', { name: /^Play, / }).click();
    await untilPlayer(list, 'playing');
    expect(await stage.violations(list)).toEqual([]);
    const queue = await stage.show({ screen: 'queue', token, theme, language: 'hi' });
    const allow = await refuseUploads(queue);
    await record(queue, await caller.call(), await fixture('call.m4a'), 'one.m4a');
    await queue.getByText('सर्वर ने रिकॉर्डिंग स्वीकार नहीं की।').waitFor();
    expect(await stage.violations(queue)).toEqual([]);
    await allow();
    const gate = await stage.show({ screen: 'permission', token: '', theme, language: 'hi' });
    await gate.getByRole('heading', { name: 'क्या यह ऐप माइक्रोफ़ोन का उपयोग कर सकता है?' }).waitFor();
    expect(await stage.violations(gate)).toEqual([]);
  },
  PATIENCE,
);
