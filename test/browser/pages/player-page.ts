import { EarshotClient } from '../../../sdk/core/index.js';
import { RecordingPlayer, recordingSource } from '../../../sdk/core/player/index.js';
import { htmlAudioEngine, webStore, webUploads } from '../../../sdk/web/index.js';

const query = new URLSearchParams(location.search);
const text = (name: string): string => query.get(name) ?? '';

const client = new EarshotClient({
  url: `${text('url')}/graphql`,
  token: text('token'),
  retry: { retries: 0 },
});
const web = webUploads({ client });
await web.start();
const audio = new Audio();
const player = new RecordingPlayer({
  engine: htmlAudioEngine(audio),
  source: recordingSource({ client, uploads: web.service, files: web.files }),
  store: webStore(),
});

/** Every phase and position that a listener was shown. */
const shown: { phase: string; position: number | undefined }[] = [];
player.subscribe(() => {
  const { state } = player.getSnapshot();
  console.debug(state.phase);
  shown.push({ phase: state.phase, position: 'position' in state ? state.position : undefined });
});

const page = {
  player,
  shown,
  snapshot: () => player.getSnapshot(),
  /** What the browser really does. */
  audio: () => ({
    src: audio.src,
    position: audio.currentTime,
    duration: audio.duration,
    rate: audio.playbackRate,
    keepsPitch: audio.preservesPitch,
    isPaused: audio.paused,
    isSeeking: audio.seeking,
  }),
  uploads: web.service,
  /** Keeps a recording on this device and enqueues it. */
  async record(callLogId: string, base64: string): Promise<void> {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    await web.upload({ callLogId, blob: new Blob([bytes], { type: 'audio/mp4' }) });
  },
};

Object.assign(globalThis, { playerPage: page });
// Before anybody has touched the page.
if (text('play') !== '') player.play({ callLogId: text('play') });
