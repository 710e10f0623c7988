import { useState, type ReactNode } from 'react';
import { View } from 'react-native';
import { useWords } from '../../react/words/index.js';
import { positionWords } from '../../react/words/position-words.js';
import { useTheme } from './theme.js';

const STEP_SECONDS = 5;
const PAGE_SECONDS = 10;

export interface SeekBarProps {
  /** Seconds. */
  readonly position: number;
  /** Seconds; undefined while it is not known, and then nothing can be sought. */
  readonly duration: number | undefined;
  readonly onSeek: (position: number) => void;
}

/** Where a key leads to; undefined for one that means nothing here. */
function soughtByKey(key: string, position: number, duration: number): number | undefined {
  const goals: Readonly<Record<string, number>> = {
    ArrowRight: position + STEP_SECONDS,
    ArrowUp: position + STEP_SECONDS,
    ArrowLeft: position - STEP_SECONDS,
    ArrowDown: position - STEP_SECONDS,
    PageUp: position + PAGE_SECONDS,
    PageDown: position - PAGE_SECONDS,
    Home: 0,
    End: duration,
  };
  const goal = goals[key];
  return goal === undefined ? undefined : Math.min(duration, Math.max(0, goal));
}

/** A bar to tap, to drag and to move by keys; for screen readers a slider. */
export function SeekBar({ position, duration = 0, onSeek }: SeekBarProps): ReactNode {
  const theme = useTheme();
  const words = useWords();
  const [width, setWidth] = useState(0);
  const [dragged, setDragged] = useState<number>();
  const canSeek = duration > 0;
  const shown = dragged ?? position;
  const at = (x: number): number => Math.min(1, Math.max(0, x / Math.max(1, width))) * duration;
  const seekBy = (key: string): boolean => {
    const goal = canSeek ? soughtByKey(key, position, duration) : undefined;
    if (goal !== undefined) onSeek(goal);
    return goal !== undefined;
  };
  return (
    <View
      accessible
      role="slider"
      tabIndex={0}
      aria-label={words.position}
      aria-valuemin={0}
      aria-valuemax={Math.floor(duration)}
      aria-valuenow={Math.floor(shown)}
      aria-valuetext={positionWords({ position: shown, duration: canSeek ? duration : undefined }, words)}
      aria-disabled={!canSeek}
      accessibilityActions={[{ name: 'increment' }, { name: 'decrement' }]}
      onAccessibilityAction={({ nativeEvent }) =>
        seekBy(nativeEvent.actionName === 'increment' ? 'PageUp' : 'PageDown')
      }
      onKeyDown={(event) => {
        if (seekBy(event.nativeEvent.key)) event.preventDefault();
      }}
      onLayout={({ nativeEvent }) => setWidth(nativeEvent.layout.width)}
      onStartShouldSetResponder={() => canSeek}
      onResponderGrant={({ nativeEvent }) => setDragged(at(nativeEvent.locationX))}
      onResponderMove={({ nativeEvent }) => setDragged(at(nativeEvent.locationX))}
      onResponderRelease={({ nativeEvent }) => {
        setDragged(undefined);
        onSeek(at(nativeEvent.locationX));
      }}
      onResponderTerminate={() => setDragged(undefined)}
      style={{ flex: 1, minWidth: 80, minHeight: 44, justifyContent: 'center' }}
    >
      <Track share={canSeek ? shown / duration : 0} line={theme.line} fill={theme.accent} />
    </View>
  );
}

/** Lets touches through: their place is told in the one who takes them. */
function Track({ share, line, fill }: { share: number; line: string; fill: string }): ReactNode {
  const bar = { height: 6, borderRadius: 3, pointerEvents: 'none' };
  return (
    <View style={{ ...bar, backgroundColor: line }}>
      <View style={{ ...bar, width: `${Math.min(1, share) * 100}%`, backgroundColor: fill }} />
    </View>
  );
}
