import { EarshotClient } from '@earshot/sdk';
import { RecordingPlayer, recordingSource } from '@earshot/sdk/player';
import { CallRecordingManager } from '@earshot/sdk/uploads';
import { expoAudioEngine } from '@earshot/sdk/react-native';
import { createAudioPlayer } from 'expo-audio';
import { openDevice } from './device';

export interface SignIn {
  readonly server: string;
  readonly email: string;
  readonly password: string;
}

/** Signs in, and makes everything that the screens work on: once, outside of React. */
export async function openSession({ server, email, password }: SignIn) {
  const client = new EarshotClient({ url: `${server}/graphql` });
  const { user } = await client.signIn({ email, password });
  const namespace = `earshot.${user.id}`;
  const device = openDevice(client, namespace);
  const { uploads, ports } = device;
  const calls = new CallRecordingManager({ client, uploads, ...ports, namespace });
  const player = new RecordingPlayer({
    engine: expoAudioEngine(createAudioPlayer(null, { updateInterval: 250 }), client.platform),
    source: recordingSource({ client, uploads, files: ports.files }),
    store: ports.store,
    namespace,
  });
  await Promise.all([device.start(calls), calls.start()]);
  return { user, services: { client, uploads, calls, player }, keep: device.keep };
}

export type Session = Awaited<ReturnType<typeof openSession>>;
