import { RecordingPlayer, recordingSource } from '@earshot/sdk/player';
import { htmlAudioEngine, webStore } from '@earshot/sdk/web';
import { client } from '../app/client.js';
import { sessions } from '../app/session.js';

/** One of each for the whole console, so that never two recordings are heard at once. */
export const audio = document.body.appendChild(new Audio());

export const player = new RecordingPlayer({
  engine: htmlAudioEngine(audio),
  source: recordingSource({ client }),
  store: webStore(),
});

/** Answers whether it is mute now. */
export function toggleMuted(): boolean {
  audio.muted = !audio.muted;
  return audio.muted;
}

sessions.subscribe(() => {
  if (!sessions.state.session) player.stop();
});
