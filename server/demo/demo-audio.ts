const RATE = 8000;
const HEADER_BYTES = 44;

/** What one demo call sounds like: two voices taking turns, as tones with overtones. The same seed gives the same bytes. */
export function demoCall(seed: number, seconds: number): Buffer {
  const samples = RATE * seconds;
  const wav = Buffer.alloc(HEADER_BYTES + samples * 2);
  wavHeader(samples * 2).copy(wav);
  for (let index = 0; index < samples; index++) {
    wav.writeInt16LE(Math.round(sampleAt(seed, index / RATE) * 12_000), HEADER_BYTES + index * 2);
  }
  return wav;
}

function sampleAt(seed: number, time: number): number {
  const turn = Math.floor(time / 1.5);
  const syllable = Math.floor(time * 5);
  const base = (turn % 2 === 0 ? 120 : 210) * (1 + ((syllable * 7 + seed * 13) % 5) / 12);
  const envelope = Math.sin(Math.PI * ((time * 5) % 1)) ** 2;
  const phase = 2 * Math.PI * base * time;
  return envelope * (0.6 * Math.sin(phase) + 0.25 * Math.sin(2 * phase) + 0.15 * Math.sin(3 * phase));
}

/** The head of a RIFF/WAVE file of so many bytes of sound: PCM, 16 bit, mono, 8 kHz. */
export function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
