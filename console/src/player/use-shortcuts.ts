import { useEffect, useEffectEvent } from 'react';

/** What is told of a key: `repeat` while it is held down, `shiftKey` because Caps Lock makes capitals too. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'repeat' | 'shiftKey'>;

/** What a key does; true when it is one of ours. */
export type Shortcuts = (press: KeyPress) => boolean;

const TYPED = 'input, textarea, select, [contenteditable="true"]';
/** A box to tick is no place to type; it needs the Space alone. */
const TICKED = 'input[type="checkbox"], input[type="radio"]';
/** What has a use of its own for Space. */
const PRESSED = `button, a, summary, [role="menuitem"], ${TICKED}`;
const MOVED = '[role="slider"], [role="menu"], [role="dialog"], [role="radiogroup"], [role="tablist"]';

/** Keys of the whole page, but never those that somebody types or that belong to what has the focus. */
export function useShortcuts(isOn: boolean, shortcuts: Shortcuts): void {
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isOurs(event) && shortcuts(event)) event.preventDefault();
  });
  useEffect(() => {
    if (!isOn) return undefined;
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [isOn]);
}

function isOurs({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return true;
  if (target.closest(TYPED) && !target.closest(TICKED)) return false;
  if (key === ' ' && target.closest(PRESSED)) return false;
  return !(key.startsWith('Arrow') && target.closest(MOVED));
}
