/** Speeds in steps; the pitch stays at each. */
export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4] as const;

/** One step on, or back; the same at the ends. */
export function nextRate(rate: number, direction: 1 | -1): number {
  const steps = direction > 0 ? RATES : RATES.toReversed();
  return steps.find((step) => (step - rate) * direction > 0) ?? rate;
}
