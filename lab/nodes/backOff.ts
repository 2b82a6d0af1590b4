/** A kubelet's back-off: 10 s, doubled with each failure up to 5 min, forgotten after 10 min without one. Times in milliseconds. */
export class KubeletBackOff {
  #wait = 0;
  #since = 0;

  /** How long is still to be waited at `now`; 0 at the first failure. */
  remaining(failedAt: number, now: number): number {
    if (failedAt - this.#since > 2 * KubeletBackOff.longest) this.#wait = 0;
    return this.#wait === 0 ? 0 : Math.max(0, failedAt + this.#wait - now);
  }

  /** The wait that is in force, as Go prints a duration. */
  get words(): string {
    const seconds = this.#wait / 1000;
    const minutes = Math.floor(seconds / 60);
    return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
  }

  /** A try begins: if it fails too, the next wait is longer. */
  next(at: number): void {
    this.#wait = this.#wait === 0 ? 10_000 : Math.min(this.#wait * 2, KubeletBackOff.longest);
    this.#since = at;
  }

  static readonly longest = 300_000;
}
