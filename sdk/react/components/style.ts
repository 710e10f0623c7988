import type { CSSProperties } from 'react';

/**
 * The look of the components. A page sets it by these variables, on any element around them: `--earshot-accent`,
 * `--earshot-text`, `--earshot-muted`, `--earshot-surface`, `--earshot-line`, `--earshot-danger`, `--earshot-radius`,
 * `--earshot-font`. Colours that it does not set follow the page's `color-scheme`, light or dark.
 */
const variable = (name: string, fallback: string): string => `var(--earshot-${name}, ${fallback})`;
const color = (name: string, light: string, dark: string): string =>
  variable(name, `light-dark(${light}, ${dark})`);

const ACCENT = color('accent', '#1b5fc1', '#9cc2ff');
const TEXT = color('text', '#1a1c20', '#eceef2');
const MUTED = color('muted', '#565b66', '#b4bac6');
const LINE = color('line', '#8a909c', '#6b7382');
const SURFACE = color('surface', '#ffffff', '#16181d');
const RADIUS = variable('radius', '8px');

export const bar: CSSProperties = {
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: 8,
  padding: 8,
  color: TEXT,
  background: SURFACE,
  border: `1px solid ${LINE}`,
  borderRadius: RADIUS,
  font: variable('font', 'inherit'),
};

/** As large as a finger needs. */
export const button: CSSProperties = {
  minWidth: 44,
  minHeight: 44,
  color: SURFACE,
  background: ACCENT,
  border: 0,
  borderRadius: RADIUS,
  font: 'inherit',
  cursor: 'pointer',
};

export const quietButton: CSSProperties = {
  ...button,
  color: ACCENT,
  background: 'transparent',
  border: `1px solid ${LINE}`,
};

export const slider: CSSProperties = { flex: '1 1 120px', minHeight: 24, accentColor: ACCENT };

export const select: CSSProperties = {
  minHeight: 44,
  color: TEXT,
  background: SURFACE,
  border: `1px solid ${LINE}`,
  borderRadius: RADIUS,
  font: 'inherit',
};

export const muted: CSSProperties = { color: MUTED };
export const time: CSSProperties = { ...muted, fontVariantNumeric: 'tabular-nums' };
export const danger: CSSProperties = { color: color('danger', '#b3261e', '#ffb4ab') };

export const list: CSSProperties = { margin: 0, padding: 0, listStyle: 'none' };
export const section: CSSProperties = { color: TEXT, background: SURFACE, font: variable('font', 'inherit') };
export const row: CSSProperties = {
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: 12,
  padding: '8px 0',
  borderBottom: `1px solid ${LINE}`,
};
export const facts: CSSProperties = { flex: '1 1 180px', display: 'flex', flexDirection: 'column' };

/** For screen readers only. */
export const hidden: CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};
