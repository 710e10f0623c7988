import { player } from './player-instance.js';
import { nextRate } from './rates.js';
import type { Shortcuts } from './use-shortcuts.js';

interface Actions {
  readonly toggle: () => void;
  readonly mute: () => void;
  readonly note: (() => void) | undefined;
  readonly help: () => void;
  /** Seconds. */
  readonly duration: number;
}

/** What is done again and again while the key is held down: no key that switches something is among them. */
const HELD = new Set(['j', 'l', 'ArrowLeft', 'ArrowRight', '<', '>']);

/** The player's keys, as SHORTCUTS tells people. */
export function playerKeys({ toggle, mute, note, help, duration }: Actions): Shortcuts {
  const changeRate = (direction: 1 | -1): void =>
    player.setRate(nextRate(player.getSnapshot().rate, direction));
  const actions: Readonly<Record<string, (() => void) | undefined>> = {
    ' ': toggle,
    k: toggle,
    j: () => player.skip(-10),
    l: () => player.skip(10),
    ArrowLeft: () => player.skip(-5),
    ArrowRight: () => player.skip(5),
    '<': () => changeRate(-1),
    '>': () => changeRate(1),
    m: mute,
    n: note,
    '?': help,
  };
  return ({ key, repeat }) => {
    const isDigit = /^\d$/.test(key);
    const name = key.length === 1 ? key.toLowerCase() : key;
    const action = isDigit ? () => player.seek((Number(key) / 10) * duration) : actions[name];
    if (!repeat || HELD.has(name)) action?.();
    return action !== undefined;
  };
}
