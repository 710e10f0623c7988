import { createContext, createElement, useContext } from 'react';
import type { FunctionComponent, ReactNode } from 'react';
import { ENGLISH } from './english.js';
import type { Words } from './words.js';

const Context = createContext<Words>(ENGLISH);

/** The language of every component below. English without one. */
export const WordsProvider: FunctionComponent<{ readonly words: Words; readonly children?: ReactNode }> = ({
  words,
  children,
}) => createElement(Context.Provider, { value: words }, children);

export function useWords(): Words {
  return useContext(Context);
}
