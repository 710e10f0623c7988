import type { ByteWindow } from '../byte-window.js';
import { viewOf } from '../bytes.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';
import { boxes, leafBytes, leaves, type Box } from './mp4-box.js';
import { addFragment, type FragmentTotals } from './mp4-fragment.js';
import { parseMediaTime, readTrack, type Track } from './mp4-track.js';

interface Movie {
  timescale: number;
  /** Ticks of the movie, of `mvhd`, and of `mehd` for one in fragments. */
  duration: number;
  fragmentsDuration: number;
  fragmented: boolean;
  track: Track | undefined;
  /** By track: a sample's duration in fragments that do not tell. */
  defaultDurations: Map<number, number>;
}

interface Layout {
  movie: Movie | undefined;
  hasMedia: boolean;
  fragments: FragmentTotals;
  truncated: boolean;
}

/** Boxes that must be whole. */
const ESSENTIAL = new Set(['moov', 'moof', 'mdat']);
const MOVIE_CONTAINERS: ReadonlySet<string> = new Set(['mvex']);
/** A hostile movie may hold any number of tracks. */
const MAX_DEFAULTS = 64;

/** MP4, M4A and 3GP; `moov` in front or behind, whole or in fragments. */
export async function probeMp4(window: ByteWindow): Promise<AudioFacts> {
  const { movie, hasMedia, fragments, truncated: cut } = await readLayout(window);
  if (!movie) throw cut || hasMedia ? notAudio.cutOff() : notAudio.noTrack();
  const { track } = movie;
  if (!track) throw cut ? notAudio.cutOff() : notAudio.noTrack();
  if (!track.entry) throw cut ? notAudio.cutOff() : notAudio.damaged();
  const samples = track.samples + fragments.samples;
  // Media that the movie names, and nowhere to be found: cut off just before it.
  const truncated = cut || (samples > 0 && !hasMedia);
  if (samples === 0) throw truncated ? notAudio.cutOff() : notAudio.noFrames();
  const { codec, channels, sampleRate = track.timescale || undefined } = track.entry;
  return { codec, seconds: movieSeconds(movie, track, fragments), sampleRate, channels, truncated };
}

async function readLayout(window: ByteWindow): Promise<Layout> {
  const layout: Layout = {
    movie: undefined,
    hasMedia: false,
    fragments: { samples: 0, duration: 0 },
    truncated: false,
  };
  for await (const box of boxes(window, 0, window.byteSize)) {
    if (ESSENTIAL.has(box.type) && box.overruns) layout.truncated = true;
    if (box.type === 'mdat') layout.hasMedia = true;
    if (box.type === 'moov') layout.movie ??= await readMovie(window, box);
    if (box.type === 'moof') await addTo(layout, window, box);
  }
  return layout;
}

async function addTo({ movie, fragments }: Layout, window: ByteWindow, moof: Box): Promise<void> {
  if (!movie?.track) return;
  const { id } = movie.track;
  await addFragment(window, moof, id, movie.defaultDurations.get(id) ?? 0, fragments);
}

async function readMovie(window: ByteWindow, moov: Box): Promise<Movie> {
  const movie: Movie = {
    timescale: 0,
    duration: 0,
    fragmentsDuration: 0,
    fragmented: false,
    track: undefined,
    defaultDurations: new Map(),
  };
  for await (const box of leaves(window, moov, MOVIE_CONTAINERS)) {
    if (box.type === 'trak' && !movie.track) {
      const track = await readTrack(window, box);
      if (track.handler === 'soun') movie.track = track;
    } else {
      readMovieLeaf(movie, box.type, await leafBytes(window, box));
    }
  }
  return movie;
}

function readMovieLeaf(movie: Movie, type: string, body: Uint8Array): void {
  const view = viewOf(body);
  if (type === 'mvhd') Object.assign(movie, parseMediaTime(body));
  if (type === 'mehd' && body.length >= 8) {
    movie.fragmentsDuration =
      body[0] === 1 && body.length >= 12 ? Number(view.getBigUint64(4)) : view.getUint32(4);
  }
  if (type !== 'trex' || body.length < 16) return;
  movie.fragmented = true;
  if (movie.defaultDurations.size < MAX_DEFAULTS)
    movie.defaultDurations.set(view.getUint32(4), view.getUint32(12));
}

/** What plays: fragments by their sum, else the edit list, else the media, else the movie. */
function movieSeconds(movie: Movie, track: Track, fragments: FragmentTotals): number | undefined {
  const choices =
    movie.fragmented && (fragments.samples > 0 || track.samples === 0)
      ? [
          [track.duration * Number(track.samples > 0) + fragments.duration, track.timescale],
          [movie.fragmentsDuration, movie.timescale],
        ]
      : [
          [track.edited, movie.timescale],
          [track.duration, track.timescale],
          [movie.duration, movie.timescale],
        ];
  for (const [ticks = 0, timescale = 0] of choices) {
    if (ticks > 0 && timescale > 0) return ticks / timescale;
  }
  return undefined;
}
