import { webUploads, type WebUploads } from '@earshot/sdk/web';
import { client } from '../app/client.js';
import { sessions } from '../app/session.js';

interface Running {
  readonly userId: string;
  readonly uploads: WebUploads;
  readonly stopped: Promise<() => Promise<void>>;
}

let running: Running | undefined;

/** The uploads of whoever is signed in: they survive a reload, and wait where somebody else uses this browser. */
export function uploadsOf(userId: string): WebUploads {
  if (running?.userId !== userId) {
    stop();
    const uploads = webUploads({ client, namespace: `earshot.${userId}` });
    running = { userId, uploads, stopped: uploads.start() };
  }
  return running.uploads;
}

function stop(): void {
  void running?.stopped.then((end) => end());
  running = undefined;
}

sessions.subscribe(() => {
  if (!sessions.state.session) stop();
});
