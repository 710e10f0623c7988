import { fromBytes, uploadInChunks, type EarshotClient } from '../../../sdk/core/index.js';
import type { User } from '../../../server/auth/user.entity.js';
import { CALLS, fixture } from '../../support/fixtures.js';
import { HAS_FFMPEG, mediaEnv, mediaMade, toneWav } from '../../support/media-steps.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';

/** What Chromium plays as it is, and what only ffmpeg makes playable. */
const NEEDS_FFMPEG = new Set(['call.amr', 'call-amr.3gp']);

let app: TestApp;
let browser: ConsoleBrowser;
let agent: User;
let admin: EarshotClient;
let tab: ConsoleTab;

beforeAll(async () => {
  app = await TestApp.start({ env: mediaEnv({ PATH: process.env['PATH'] ?? '' }) });
  browser = await ConsoleBrowser.launch(app);
  agent = await app.make.user('QUALITY_AGENT', { name: 'Anita' });
  admin = await app.client(await app.make.user('ADMIN'));
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

beforeEach(async () => {
  tab = await browser.as(agent);
});

afterEach(() => tab.close());

/** A CATI call with this recording, stored, and with what players need where it can be made. */
async function callWith(bytes: Buffer): Promise<string> {
  const { id: catiCallId } = await app.make.catiCall(null);
  const { id } = await admin.requestUpload({ catiCallId, byteSize: bytes.length, strategy: 'CHUNKED' });
  await uploadInChunks(admin, id, fromBytes(bytes));
  await admin.finalizeUpload({ uploadId: id });
  await app.ingested(id);
  const { recording } = await admin.upload(id);
  if (HAS_FFMPEG && recording) await mediaMade(app, recording.id);
  return catiCallId;
}

async function opened(catiCallId: string): Promise<void> {
  await tab.go(`/cati-calls/${catiCallId}`);
  await tab.page.getByRole('slider', { name: 'Position' }).waitFor();
  await holds('audio.readyState >= 1');
}

/** Resolves once this is true of the one audio element. */
function holds(condition: string): Promise<void> {
  return tab.audioIs(condition);
}

const audio = (expression: string): Promise<number> =>
  tab.page.evaluate(`(() => { const audio = document.querySelector('audio'); return ${expression}; })()`);

describe('the formats', () => {
  it.each(CALLS.filter(({ file }) => HAS_FFMPEG || !NEEDS_FFMPEG.has(file)).map(({ file }) => file))(
    '%s plays, and is within 0.3 s of where it is sent',
    async (file) => {
      await opened(await callWith(await fixture(file)));
      const { page } = tab;
      await page.keyboard.press('k');
      await holds('audio.currentTime > 0.5 && !audio.paused');
      await page.keyboard.press('k');
      await holds('audio.paused');
      const { told, seconds } = await lengths();
      expect(Math.abs(told - seconds)).toBeLessThan(1);
      await page.keyboard.press('8');
      await holds('!audio.seeking && audio.readyState >= 2');
      expect(Math.abs((await audio('audio.currentTime')) - seconds * 0.8)).toBeLessThan(0.3);
      await page.keyboard.press('k');
      await holds(`audio.currentTime > ${seconds * 0.8 + 0.4}`);
      expect(await audio('audio.currentTime')).toBeLessThan(seconds * 0.8 + 5);
      expect(tab.faults).toEqual([]);
    },
    PATIENCE,
  );
});

/** In seconds: what the slider says, and what the recording really has. A WebM made live tells no duration. */
async function lengths(): Promise<{ told: number; seconds: number }> {
  const slider = tab.page.getByRole('slider', { name: 'Position' });
  const told = Number(await slider.getAttribute('aria-valuemax'));
  return { told, seconds: await audio('Number.isFinite(audio.duration) ? audio.duration : 33.526') };
}

describe('by keyboard', () => {
  let catiCallId: string;

  beforeAll(async () => {
    catiCallId = await callWith(await fixture('call.m4a'));
  }, PATIENCE);

  beforeEach(() => opened(catiCallId));

  const at = (seconds: number): Promise<void> => holds(`Math.abs(audio.currentTime - ${seconds}) < 0.3`);

  it(
    'every key does what the help says',
    async () => {
      const { page } = tab;
      const press = (key: string) => page.keyboard.press(key);
      await press('5');
      await at(33.519 / 2);
      await press('j');
      await at(33.519 / 2 - 10);
      await press('l');
      await press('ArrowRight');
      await at(33.519 / 2 + 5);
      await press('ArrowLeft');
      await at(33.519 / 2);
      await press('>');
      await holds('audio.playbackRate === 1.25 && audio.preservesPitch');
      for (let n = 0; n < 12; n++) await press('>');
      await holds('audio.playbackRate === 4');
      for (let n = 0; n < 12; n++) await press('<');
      await holds('audio.playbackRate === 0.5');
      await press('m');
      await holds('audio.muted');
      await press('m');
      await holds('!audio.muted');
      await press('?');
      await page.getByRole('dialog').waitFor();
      await press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await press(' ');
      await holds('!audio.paused');
      await press(' ');
      await holds('audio.paused');
      expect(tab.faults).toEqual([]);
    },
    PATIENCE,
  );

  it(
    'the slider goes by steps and to its ends, and says where it is',
    async () => {
      const { page } = tab;
      const slider = page.getByRole('slider', { name: 'Position' });
      await slider.focus();
      await page.keyboard.press('Home');
      await at(0);
      await page.keyboard.press('PageUp');
      await at(10);
      await page.keyboard.press('ArrowRight');
      await at(15);
      await tab.until(
        `document.querySelector('[role=slider]')?.getAttribute('aria-valuetext') === '15 seconds of 33 seconds'`,
      );
      await page.keyboard.press('PageDown');
      await at(5);
      await page.keyboard.press('End');
      await at(33.519);
    },
    PATIENCE,
  );

  it(
    'keys do nothing where somebody types, nor when they are turned off',
    async () => {
      const { page } = tab;
      await page.keyboard.press('n');
      const note = page.getByRole('textbox', { name: /^Note at/ });
      await note.waitFor();
      await page.keyboard.type('k5 m');
      expect(await note.inputValue()).toBe('k5 m');
      await holds('audio.paused && audio.currentTime < 1 && !audio.muted');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
      await page.getByLabel('Single-key shortcuts').uncheck({ force: true });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('5');
      await page.keyboard.press('k');
      await holds('audio.paused && audio.currentTime < 1');
    },
    PATIENCE,
  );

  it(
    'a note marks its moment, and leads back to it',
    async () => {
      const { page } = tab;
      await page.keyboard.press('6');
      await at(33.519 * 0.6);
      await page.keyboard.press('n');
      await page.getByRole('textbox', { name: 'Note at 0:20' }).fill('Here the respondent hesitates.');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('listitem').getByText('Here the respondent hesitates.').waitFor();
      await page.getByRole('textbox', { name: 'Note at 0:20' }).waitFor({ state: 'detached' });
      await page.keyboard.press('0');
      await at(0);
      await page.getByRole('button', { name: '0:20', exact: true }).click();
      await at(33.519 * 0.6);
      await page.getByRole('button', { name: 'Delete the note at 0:20' }).click();
      await page.getByText('No note yet.').waitFor();
    },
    PATIENCE,
  );

  it(
    'a part is heard again and again',
    async () => {
      const { page } = tab;
      await page.keyboard.press('0');
      await at(0);
      // Of nothing no part can be made.
      await page.getByRole('button', { name: /^Set B/ }).click();
      expect(await page.getByRole('button', { name: 'Clear the loop' }).count()).toBe(0);
      await page.keyboard.press('3');
      await at(33.519 * 0.3);
      await page.getByRole('button', { name: /^Set A/ }).click();
      await page.getByRole('slider').focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: /^Set B/ }).click();
      await page.keyboard.press('2');
      await page.getByRole('slider').focus();
      await page.getByLabel('Speed').selectOption('4');
      await page.evaluate(`(() => {
      window.passed = 0;
      document.querySelector('audio').addEventListener('seeking', () => { window.passed += 1; });
    })()`);
      await page.getByRole('button', { name: 'Play' }).click();
      await tab.until('window.passed >= 2');
      expect(await audio('audio.currentTime')).toBeLessThan(33.519 * 0.3 + 5 + 2);
      await page.getByRole('button', { name: 'Clear the loop' }).click();
      await holds(`audio.currentTime > ${33.519 * 0.3 + 8}`);
    },
    PATIENCE,
  );

  it(
    'begins where it was left',
    async () => {
      await tab.page.keyboard.press('7');
      await at(33.519 * 0.7);
      await tab.page.keyboard.press('k');
      await holds('!audio.paused');
      await tab.page.keyboard.press('k');
      await holds('audio.paused');
      await tab.page.getByRole('link', { name: 'All CATI calls' }).click();
      await tab.heading('CATI calls');
      await opened(catiCallId);
      await holds(`Math.abs(audio.currentTime - ${33.519 * 0.7}) < 2`);
    },
    PATIENCE,
  );

  it(
    'a link that is refused is fetched afresh, and the listener stays where he was',
    async () => {
      const { page } = tab;
      let refused = 0;
      await page.route('**/recordings/**', (route) => {
        refused += 1;
        return refused === 1 ? route.fulfill({ status: 403 }) : route.continue();
      });
      await page.reload();
      await page.getByRole('slider').waitFor();
      await holds('audio.readyState >= 1');
      expect(refused).toBeGreaterThan(1);
      await page.keyboard.press('8');
      await at(33.519 * 0.8);
      await page.keyboard.press('k');
      await holds(`audio.currentTime > ${33.519 * 0.8 + 0.3}`);
    },
    PATIENCE,
  );

  it(
    'the system shows and drives it',
    async () => {
      const { page } = tab;
      await page.addInitScript(`(() => {
        window.system = {};
        const set = MediaSession.prototype.setActionHandler;
        MediaSession.prototype.setActionHandler = function (action, handler) {
          window.system[action] = handler;
          set.call(this, action, handler);
        };
      })()`);
      await page.reload();
      await holds('audio.readyState >= 1 && navigator.mediaSession.metadata !== null');
      expect(await page.evaluate('navigator.mediaSession.metadata.title')).toMatch(/^Call of/);
      const drive = (action: string, details = '') =>
        page.evaluate(`window.system['${action}']({ action: '${action}', ${details} })`);
      await drive('seekto', 'seekTime: 12');
      await at(12);
      await drive('seekforward');
      await at(22);
      await drive('seekbackward', 'seekOffset: 4');
      await at(18);
      await drive('play');
      await holds('!audio.paused && audio.currentTime > 18.2');
      await drive('pause');
      await holds('audio.paused');
      await page.getByRole('link', { name: 'All CATI calls' }).click();
      await tab.heading('CATI calls');
      await tab.until('Object.values(window.system).every((handler) => handler === null)');
      expect(await page.evaluate('navigator.mediaSession.metadata')).toBeNull();
    },
    PATIENCE,
  );
});

const withFfmpeg = HAS_FFMPEG ? describe : describe.skip;

withFfmpeg('with what ffmpeg heard', () => {
  it(
    'skips silence',
    async () => {
      const silent = toneWav(12, 0);
      const loud = toneWav(3, 12_000).subarray(44);
      const bytes = Buffer.concat([silent, loud]);
      bytes.writeUInt32LE(bytes.length - 8, 4);
      bytes.writeUInt32LE(bytes.length - 44, 40);
      await opened(await callWith(bytes));
      const { page } = tab;
      await page.getByLabel('Skip silence').check({ force: true });
      await page.getByRole('button', { name: 'Play' }).click();
      await holds('audio.currentTime > 11');
      const played = await audio(
        'Array.from({ length: audio.played.length }, (_, n) => audio.played.end(n) - audio.played.start(n)).reduce((a, b) => a + b, 0)',
      );
      expect(played).toBeLessThan(6);
    },
    PATIENCE,
  );
});

withFfmpeg('a loop that ends in silence', () => {
  it(
    'is heard whole',
    async () => {
      const loud = toneWav(3, 12_000);
      const bytes = Buffer.concat([loud, toneWav(12, 0).subarray(44)]);
      bytes.writeUInt32LE(bytes.length - 8, 4);
      bytes.writeUInt32LE(bytes.length - 44, 40);
      await opened(await callWith(bytes));
      const { page } = tab;
      await page.getByLabel('Skip silence').check({ force: true });
      await page.keyboard.press('3');
      await holds('Math.abs(audio.currentTime - 4.5) < 0.1');
      await page.getByRole('button', { name: /^Set B/ }).click();
      await page.keyboard.press('1');
      await page.evaluate(`(() => {
        window.heard = 0;
        const audio = document.querySelector('audio');
        audio.addEventListener('timeupdate', () => {
          if (audio.currentTime < 4.5) window.heard = Math.max(window.heard, audio.currentTime);
        });
      })()`);
      await page.getByRole('button', { name: 'Play' }).click();
      await tab.until('window.heard > 4');
      await holds('audio.currentTime < 2');
    },
    PATIENCE,
  );
});

withFfmpeg('before the copy that plays everywhere is made', () => {
  it(
    'says that it is awaited, and has it with its waveform as soon as it is there',
    async () => {
      const catiCallId = await callWith(await fixture('call.amr'));
      const [made] = await app.database.query<{ id: string; values: unknown[] }>(
        `select recordings.id, array[playback_path, playback_byte_size::text, peaks_path, silences::text] as values
         from recordings join cati_calls on cati_calls.recording_id = recordings.id where cati_calls.id = $1`,
        [catiCallId],
      );
      const set = (values: unknown[]): Promise<unknown> =>
        app.database.query(
          `update recordings set playback_path = $2, playback_byte_size = $3, peaks_path = $4, silences = $5::int[]
           where id = $1`,
          [made?.id, ...values],
        );
      await set([null, null, null, null]);
      await tab.go(`/cati-calls/${catiCallId}`);
      await tab.text('This browser cannot play the recording as it came.');
      await set(made?.values ?? []);
      await holds('audio.readyState >= 1');
      await tab.page.getByText('Skip silence').waitFor();
      await tab.page.keyboard.press('k');
      await holds('audio.currentTime > 0.3');
    },
    PATIENCE,
  );
});
