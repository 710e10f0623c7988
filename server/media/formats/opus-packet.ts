/** Frame lengths in ms by configuration: RFC 6716 section 3.1, table 2. */
const SILK = [10, 20, 40, 60];
const HYBRID = [10, 20];
const CELT = [2.5, 5, 10, 20];

/** How long a packet sounds, from its first two bytes. */
export function opusPacketSeconds(packet: Uint8Array): number {
  const [toc, count = 0] = packet;
  if (toc === undefined) return 0;
  const configuration = toc >> 3;
  const ms =
    configuration < 12
      ? SILK[configuration % 4]
      : configuration < 16
        ? HYBRID[configuration % 2]
        : CELT[configuration % 4];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : count & 0x3f;
  return ((ms ?? 0) * frames) / 1000;
}
