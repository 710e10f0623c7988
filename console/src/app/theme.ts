import { Anchor, createTheme, Menu, type CSSVariablesResolver } from '@mantine/core';

/** Shade 8 for what is filled: white on it has a contrast of 5 to 1 and more. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Anchor: Anchor.extend({ defaultProps: { inherit: true } }),
    // Where it belongs, and so inside of a landmark.
    Menu: Menu.extend({ defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } }),
  },
});

/** Where the library's own colours fall short of a contrast of 4.5 to 1 (WCAG 1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#555c64',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-placeholder': '#6b727a',
    '--mantine-color-anchor': '#1864ab',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b0b7',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-placeholder': '#969ca3',
    '--mantine-color-anchor': '#74c0fc',
  },
});
