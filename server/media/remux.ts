import {
  ADTS,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  FilePathTarget,
  Input,
  Logging,
  LogLevel,
  MP4,
  Mp4OutputFormat,
  Output,
  CustomSource,
  type InputAudioTrack,
} from 'mediabunny';
import type { ByteSource } from './byte-source.js';
import { NotRemuxable } from './not-remuxable.js';

// What it finds of foreign bytes is thrown; the log is not its own to write to.
Logging.level = LogLevel.Silent;

/** 4 MiB of the file at a time are held at most, whatever it claims. */
const CACHE_BYTES = 4 * 1024 * 1024;
/** The index of the copy is as large as it has packets: half a day of AAC at 48 kHz, and one packet for the odd end. */
const MAX_PACKETS = 2_100_000;

/**
 * Puts the AAC of a raw ADTS stream or of a 3GP file into an M4A whose index stands in front, so that players begin at
 * once and jump anywhere. Nothing is decoded. Reads the source twice: the room for the index depends on the packets.
 *
 * Throws NotRemuxable where the bytes are not such a file, the source's own error if it cannot be read.
 * @param path of a file to be made, whatever is there is overwritten.
 */
export async function remuxToM4a(source: ByteSource, path: string, signal: AbortSignal): Promise<void> {
  const faults: unknown[] = [];
  using input = new Input({ formats: [ADTS, MP4], source: sourceOf(source, signal, faults) });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (!track || track.codec !== 'aac') throw new NotRemuxable('there is no AAC in it');
    await copyPackets(track, path, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (faults.length > 0) throw faults[0];
    if (error instanceof NotRemuxable) throw error;
    throw new NotRemuxable('its AAC cannot be read', { cause: error });
  }
}

function sourceOf(source: ByteSource, signal: AbortSignal, faults: unknown[]): CustomSource {
  return new CustomSource({
    getSize: () => source.byteSize,
    read: async (start, end) => {
      signal.throwIfAborted();
      return source.read(start, end - start).catch((error: unknown) => {
        faults.push(error);
        throw error;
      });
    },
    maxCacheSize: CACHE_BYTES,
    prefetchProfile: 'fileSystem',
  });
}

async function copyPackets(track: InputAudioTrack, path: string, signal: AbortSignal): Promise<void> {
  const decoderConfig = await track.getDecoderConfig();
  if (!decoderConfig) throw new NotRemuxable('its AAC says nothing of itself');
  const sink = new EncodedPacketSink(track);
  const maximumPacketCount = await countPackets(sink, signal);
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'reserve' }),
    target: new FilePathTarget(path),
  });
  const packets = new EncodedAudioPacketSource('aac');
  output.addAudioTrack(packets, { maximumPacketCount });
  try {
    await output.start();
    let first = true;
    for await (const packet of sink.packets()) {
      signal.throwIfAborted();
      await packets.add(packet, first ? { decoderConfig } : undefined);
      first = false;
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
}

async function countPackets(sink: EncodedPacketSink, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const _packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    signal.throwIfAborted();
    count += 1;
    if (count > MAX_PACKETS) throw new NotRemuxable('it has more packets than half a day has');
  }
  if (count === 0) throw new NotRemuxable('there is no sound in it');
  return count;
}
