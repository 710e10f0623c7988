import type { AudioEngine, AudioEvent } from '../core/player/audio-engine.js';

/** MEDIA_ERR_DECODE: the bytes came, and are not what the browser can decode. */
const MEDIA_ERR_DECODE = 3;
/** MEDIA_ERR_SRC_NOT_SUPPORTED: a format that is not known, or no bytes at all from the beginning. */
const MEDIA_ERR_SRC_NOT_SUPPORTED = 4;
const REACH_MS = 5000;

/** Plays through an `<audio>` element, which need not be in the page. */
export function htmlAudioEngine(audio: HTMLAudioElement = new Audio()): AudioEngine {
  const listeners = new Set<(event: AudioEvent) => void>();
  const tell = (event: AudioEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const isLoaded = () => audio.hasAttribute('src');
  const time = () => isLoaded() && tell({ type: 'time', ...timesOf(audio) });
  audio.preload = 'metadata';
  for (const name of ['timeupdate', 'durationchange', 'progress', 'seeked'])
    audio.addEventListener(name, time);
  audio.addEventListener('playing', () => tell({ type: 'playing' }));
  // Events come late: by now it may play again.
  audio.addEventListener('pause', () => {
    if (isLoaded() && audio.paused && !audio.ended) tell({ type: 'paused' });
  });
  // Browsers try a link that is refused halfway again and again, for half a minute, before they call it an error.
  let isStalled = false;
  for (const name of ['progress', 'loadstart'])
    audio.addEventListener(name, () => {
      isStalled = false;
    });
  audio.addEventListener('stalled', () => {
    isStalled = true;
    if (isLoaded() && !audio.paused && audio.readyState < audio.HAVE_FUTURE_DATA) tell({ type: 'stalled' });
  });
  audio.addEventListener('waiting', () => {
    tell({ type: 'buffering' });
    if (isStalled) tell({ type: 'stalled' });
  });
  audio.addEventListener('ended', () => tell({ type: 'ended' }));
  audio.addEventListener('error', () => {
    const { src, error } = audio;
    if (!isLoaded()) return;
    if (error?.code !== MEDIA_ERR_SRC_NOT_SUPPORTED)
      return tell({ type: 'error', isFormat: error?.code === MEDIA_ERR_DECODE });
    void isReachable(src).then((isFormat) => {
      if (isLoaded() && audio.src === src && audio.error === error) tell({ type: 'error', isFormat });
    });
  });
  return {
    load({ url, position, rate, title }) {
      audio.src = url;
      audio.title = title ?? '';
      audio.defaultPlaybackRate = rate;
      audio.playbackRate = rate;
      // Before the metadata is there, this is where playback begins (HTML, "default playback start position").
      audio.currentTime = position;
    },
    play() {
      audio.play().catch((error: unknown) => {
        // Browsers let a page make a sound only after its visitor has touched it.
        if (error instanceof DOMException && error.name === 'NotAllowedError') tell({ type: 'blocked' });
      });
    },
    pause: () => audio.pause(),
    seek(seconds) {
      audio.currentTime = seconds;
    },
    setRate(rate) {
      audio.defaultPlaybackRate = rate;
      audio.playbackRate = rate;
    },
    unload() {
      if (!isLoaded()) return;
      audio.pause();
      audio.removeAttribute('src');
      audio.load();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Whether sound comes from there. A refusal is no sound, and hidden from pages of another origin like a broken connection. */
async function isReachable(url: string): Promise<boolean> {
  const stopper = new AbortController();
  const timer = setTimeout(() => stopper.abort(), REACH_MS);
  try {
    const { ok, type } = await fetch(url, { mode: 'no-cors', signal: stopper.signal });
    return ok || type === 'opaque';
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    // Its beginning was enough.
    stopper.abort();
  }
}

function timesOf(audio: HTMLAudioElement) {
  const { currentTime: position, duration, buffered } = audio;
  let end = 0;
  for (let i = 0; i < buffered.length; i += 1)
    if (buffered.start(i) <= position && buffered.end(i) >= position) end = buffered.end(i);
  return { position, duration: Number.isFinite(duration) ? duration : undefined, buffered: end };
}
