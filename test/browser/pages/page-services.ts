import { EarshotClient } from '../../../sdk/core/index.js';
import { RecordingPlayer, recordingSource } from '../../../sdk/core/player/index.js';
import { htmlAudioEngine, webUploads } from '../../../sdk/web/index.js';

/** What the test asks for in the page's address. */
export interface PageSettings {
  readonly url: string;
  readonly token: string;
  readonly screen: string;
  readonly isDark: boolean;
  readonly isHindi: boolean;
  /** What the screen is about. */
  readonly id: string;
}

export function pageSettings(): PageSettings {
  const query = new URLSearchParams(location.search);
  const text = (name: string): string => query.get(name) ?? '';
  return {
    url: text('url'),
    token: text('token'),
    screen: text('screen'),
    isDark: text('theme') === 'dark',
    isHindi: text('language') === 'hi',
    id: text('id'),
  };
}

/** Everything that the components work on, in a browser. The test reaches it as `earshotPage`. */
export async function pageServices({ url, token }: PageSettings) {
  const client = new EarshotClient({ url: `${url}/graphql`, token, retry: { retries: 0 } });
  const web = webUploads({ client });
  await web.start();
  const source = recordingSource({ client, uploads: web.service, files: web.files });
  const player = new RecordingPlayer({ engine: htmlAudioEngine(), source });
  const page = {
    state: () => player.getSnapshot(),
    /** Keeps a recording on this device and enqueues it. */
    async record(callLogId: string, base64: string, name: string): Promise<string> {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const { id } = await web.upload({ callLogId, blob: new Blob([bytes], { type: 'audio/mp4' }), name });
      return id;
    },
    phases: () => web.service.getSnapshot().jobs.map(({ state }) => state.phase),
  };
  Object.assign(globalThis, { earshotPage: page });
  return { client, uploads: web.service, player };
}
