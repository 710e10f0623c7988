import type { ReactNode } from 'react';
import type { PlayerState, PlayerTrack } from '../../core/player/index.js';
import { useRecordingPlayer } from '../hooks/use-snapshots.js';
import { isOn, usePlayerWith } from '../hooks/use-track.js';
import { useWords } from '../words/index.js';
import { positionWords } from '../words/position-words.js';
import * as style from './style.js';

const SKIP_SECONDS = 10;
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

export interface RecordingPlayerProps {
  /** What to have ready. Without one, whatever the app's player has. */
  readonly track?: PlayerTrack | undefined;
}

/** The app's player as a bar: play, skip, position, speed; or, in a sentence, why there is nothing to play. */
export function RecordingPlayer({ track }: RecordingPlayerProps): ReactNode {
  const { state, rate, player } = usePlayerWith(track);
  const words = useWords();

  if (state.phase === 'idle') return null;
  if (state.phase === 'unavailable') {
    return (
      <div role="group" aria-label={words.recordings} style={style.bar}>
        <p role="status">{words.noRecording[state.reason]}</p>
      </div>
    );
  }
  return (
    <div role="group" aria-label={state.track.title ?? words.recordings} style={style.bar}>
      <PlayButton state={state} />
      {state.phase === 'failed' ? (
        <p role="alert" style={style.danger}>
          {words.cannotPlay(state.message)}
        </p>
      ) : (
        <Position state={state} />
      )}
      <label>
        <span style={style.muted}>{words.speed} </span>
        <select
          style={style.select}
          value={rate}
          onChange={({ target }) => player.setRate(Number(target.value))}
        >
          {RATES.map((speed) => (
            <option key={speed} value={speed}>
              {speed} ×
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function PlayButton({ state }: { readonly state: PlayerState }): ReactNode {
  const { player } = useRecordingPlayer();
  const words = useWords();
  return (
    <button type="button" style={style.button} onClick={() => player.toggle()}>
      {isOn(state) ? words.pause : words.play}
    </button>
  );
}

type Positioned = Extract<PlayerState, { readonly duration: number | undefined }>;

function Position({ state }: { readonly state: Positioned }): ReactNode {
  const { player } = useRecordingPlayer();
  const words = useWords();
  const { position, duration } = state;
  const text = positionWords(state, words);
  return (
    <>
      <button type="button" style={style.quietButton} onClick={() => player.skip(-SKIP_SECONDS)}>
        <span aria-hidden>−{SKIP_SECONDS}</span>
        <span style={style.hidden}>{words.back(SKIP_SECONDS)}</span>
      </button>
      <input
        type="range"
        style={style.slider}
        aria-label={words.position}
        aria-valuetext={text}
        min={0}
        max={duration ?? 0}
        step={1}
        value={Math.min(position, duration ?? position)}
        disabled={duration === undefined}
        onChange={({ target }) => player.seek(Number(target.value))}
      />
      <button type="button" style={style.quietButton} onClick={() => player.skip(SKIP_SECONDS)}>
        <span aria-hidden>+{SKIP_SECONDS}</span>
        <span style={style.hidden}>{words.forward(SKIP_SECONDS)}</span>
      </button>
      <span style={style.time}>{state.phase === 'loading' ? words.loading : text}</span>
    </>
  );
}
