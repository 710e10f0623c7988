import { createContext, createElement, useContext } from 'react';
import type { FunctionComponent, ReactNode } from 'react';

/** The colours of the components. What is read has a contrast of 4.5 to 1 at least to what is behind it. */
export interface Theme {
  readonly accent: string;
  readonly onAccent: string;
  readonly text: string;
  readonly muted: string;
  readonly surface: string;
  readonly line: string;
  readonly danger: string;
}

export const LIGHT: Theme = {
  accent: '#1b5fc1',
  onAccent: '#ffffff',
  text: '#1a1c20',
  muted: '#565b66',
  surface: '#ffffff',
  line: '#c9cdd6',
  danger: '#b3261e',
};

export const DARK: Theme = {
  accent: '#9cc2ff',
  onAccent: '#10223f',
  text: '#eceef2',
  muted: '#b4bac6',
  surface: '#16181d',
  line: '#3c4250',
  danger: '#ffb4ab',
};

const Context = createContext<Theme>(LIGHT);

export const ThemeProvider: FunctionComponent<{ readonly theme: Theme; readonly children?: ReactNode }> = ({
  theme,
  children,
}) => createElement(Context.Provider, { value: theme }, children);

export function useTheme(): Theme {
  return useContext(Context);
}
