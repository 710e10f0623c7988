/** What people read on the player. */
export const TEXT = {
  player: 'Player',
  play: 'Play',
  pause: 'Pause',
  back: 'Back 10 seconds',
  forward: 'Forward 10 seconds',
  position: 'Position',
  speed: 'Speed',
  skipSilence: 'Skip silence',
  mute: 'Mute',
  unmute: 'Unmute',
  loop: 'Loop A–B',
  loopStart: 'Set A',
  loopEnd: 'Set B',
  loopClear: 'Clear the loop',
  note: 'Add a note',
  help: 'Keyboard shortcuts',
  again: 'Try again',
  beingMade: 'This browser cannot play the recording as it came. A copy that it can play is being made.',
  shortcutsOn: 'Single-key shortcuts',
  listen: 'Listen',
  hide: 'Hide the player',
} as const;

/** Each key with what it does, as the help shows them. */
export const SHORTCUTS: readonly (readonly [keys: string, does: string])[] = [
  ['Space or K', 'Play or pause'],
  ['J / L', 'Back or forward 10 seconds'],
  ['← / →', 'Back or forward 5 seconds'],
  ['< / >', 'Slower or faster'],
  ['0 – 9', 'Go to 0 % – 90 %'],
  ['M', 'Mute'],
  ['N', 'Add a note here'],
  ['?', 'Show this help'],
];
