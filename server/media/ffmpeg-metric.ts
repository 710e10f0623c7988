import { Gauge, type Registry } from 'prom-client';
import type { Ffmpeg } from './ffmpeg.js';

/** Whether this process makes waveforms and playback copies, and by which ffmpeg. */
export function showFfmpeg(registry: Registry, ffmpeg: Ffmpeg | undefined): void {
  const gauge = new Gauge({
    name: 'earshot_ffmpeg',
    help: '1 where this process decodes recordings with an ffmpeg of this version, 0 where it has none.',
    labelNames: ['version'],
    registers: [registry],
  });
  gauge.set({ version: ffmpeg?.version ?? 'none' }, ffmpeg ? 1 : 0);
}
