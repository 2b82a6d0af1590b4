/** A list of servers that was opened so long ago is not what somebody looks at; ms. */
const lookMs = 2 * 60_000;

/**
 * Whether somebody waits for a server to be handed over. The Jupyter extension asks for servers by itself as well, at its
 * start and whenever another kernel ended, and tells neither who asks nor why: only its picker asks for commands.
 */
export class Attention {
  private until = 0;
  private begun = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Somebody looks at the list, or has just said what they want. */
  begin(): void {
    this.begun++;
    this.until = this.now() + lookMs;
  }

  /** They thought better of it: what asks again now is no person. */
  end(): void {
    this.until = 0;
  }

  get isOn(): boolean {
    return this.now() < this.until;
  }

  /** Another number each time that somebody begins to look. */
  get turn(): number {
    return this.begun;
  }
}
