/** npm passes a terminal's signal on a second time: signals so near to each other are one wish. */
const ONE_WISH_MS = 500;

/** What Ctrl-C does: at first what is to be done about it, the second time the end. */
export class Interrupts {
  private firstAt: number | undefined;
  private act: (() => void) | undefined;

  constructor(
    private readonly leave: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** From now on; at once where it was pressed already. */
  onFirst(act: () => void): void {
    this.act = act;
    if (this.firstAt !== undefined) act();
  }

  readonly signal = (): void => {
    if (this.firstAt === undefined) {
      this.firstAt = this.now();
      this.act?.();
    } else if (this.now() - this.firstAt > ONE_WISH_MS) this.leave();
  };
}
