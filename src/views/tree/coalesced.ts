/** One run at a time: what is asked for during a run becomes one more after it, however often it was asked. */
export class Coalesced {
  private running: Promise<void> | undefined;
  private next: (() => Promise<void>) | undefined;

  /** Resolves when a run that began after this call is through. */
  run(work: () => Promise<void>): Promise<void> {
    this.next = work;
    this.running ??= this.loop().finally(() => (this.running = undefined));
    return this.running;
  }

  private async loop(): Promise<void> {
    while (this.next) {
      const work = this.next;
      this.next = undefined;
      await work();
    }
  }
}
