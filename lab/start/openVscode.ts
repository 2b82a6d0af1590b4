/** A VS Code that is open. */
export interface OpenVscode {
  /** The line that says so. */
  ready: string;
  /** Resolves when it has ended, e.g. because its window was closed. */
  ended: Promise<void>;
  close(): Promise<void>;
}
