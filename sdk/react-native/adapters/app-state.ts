/** `AppState` of react-native. */
export interface AppStateLike {
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void };
}

/** Calls whenever the app comes to the foreground; the result ends it. */
export function onForeground(appState: AppStateLike, listener: () => void): () => void {
  const subscription = appState.addEventListener('change', (state) => {
    if (state === 'active') listener();
  });
  return () => subscription.remove();
}
