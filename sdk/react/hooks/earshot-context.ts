import { createContext, createElement, useContext } from 'react';
import type { FunctionComponent, ReactNode } from 'react';
import type { EarshotClient } from '../../core/index.js';
import type { RecordingPlayer } from '../../core/player/index.js';
import type { CallRecordingManager, RecordingUploadService } from '../../core/uploads/index.js';

/** What the hooks work on. Made once by the app, outside of React: they outlive every screen. */
export interface EarshotServices {
  readonly client: EarshotClient;
  readonly uploads?: RecordingUploadService | undefined;
  readonly calls?: CallRecordingManager | undefined;
  readonly player?: RecordingPlayer | undefined;
}

const Context = createContext<EarshotServices | undefined>(undefined);

export interface EarshotProviderProps {
  readonly services: EarshotServices;
  readonly children?: ReactNode;
}

/** Gives the services to every hook and component below. */
export const EarshotProvider: FunctionComponent<EarshotProviderProps> = ({ services, children }) =>
  createElement(Context.Provider, { value: services }, children);

/** The services of the nearest EarshotProvider. */
export function useEarshot(): EarshotServices {
  const services = useContext(Context);
  if (!services) throw new Error('Put an <EarshotProvider services={…}> around what uses Earshot.');
  return services;
}

/** One of the services that an app may leave out. */
export function useService<TName extends 'uploads' | 'calls' | 'player'>(
  name: TName,
): NonNullable<EarshotServices[TName]> {
  const service = useEarshot()[name];
  if (!service) throw new Error(`Give ${name} to <EarshotProvider services={{ client, ${name} }}>.`);
  return service;
}
