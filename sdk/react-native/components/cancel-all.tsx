import { useState, type ReactElement } from 'react';
import { View } from 'react-native';
import { isSettled } from '../../core/uploads/index.js';
import { useUploadQueue } from '../../react/hooks/index.js';
import { useWords } from '../../react/words/index.js';
import { Button } from './button.js';
import { Note } from './row.js';

/** Cancels every upload that is not settled, once the person has said so twice. */
export function CancelAll(): ReactElement | null {
  const { jobs, uploads } = useUploadQueue();
  const { queue } = useWords();
  const [isAsking, setAsking] = useState(false);
  if (jobs.every(({ state }) => isSettled(state))) return null;
  if (!isAsking) return <Button isQuiet title={queue.cancelAll} onPress={() => setAsking(true)} />;
  const cancel = () => {
    setAsking(false);
    void uploads.cancelAll();
  };
  return (
    <View style={{ flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: 12 }}>
      <Note isLive text={queue.cancelAllSure} />
      <Button title={queue.cancelAllYes} onPress={cancel} />
      <Button isQuiet title={queue.cancelAllNo} onPress={() => setAsking(false)} />
    </View>
  );
}
