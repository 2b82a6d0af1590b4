/**
 * The times of change that VS Code is told. It takes an unchanged time for unchanged content and an earlier one for no
 * conflict, so each version of a file that was seen gets a later time than the one before: also when a cell put an older
 * file in its place, and when two versions were written in one tick of the server's clock.
 */
export class ShownTimes {
  private readonly told = new Map<string, { server?: number; shown: number }>();

  /** Whether the file was there when it was last heard of. */
  knows(key: string): boolean {
    return this.told.get(key)?.server !== undefined;
  }

  /** The time to show for a file that the server says was `modified` then; ms. */
  read(key: string, modified: number): number {
    const told = this.told.get(key);
    return told?.server === modified ? told.shown : this.wrote(key, modified);
  }

  /** The same after a write, which makes another version whatever the server's clock says. */
  wrote(key: string, modified: number): number {
    const shown = Math.max(modified, (this.told.get(key)?.shown ?? -1) + 1);
    this.told.set(key, { server: modified, shown });
    return shown;
  }

  /** The file is gone; another of its name will have a later time. */
  forget(key: string): void {
    const told = this.told.get(key);
    if (told) this.told.set(key, { shown: told.shown });
  }
}
