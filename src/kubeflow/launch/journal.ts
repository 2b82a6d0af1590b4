/** The journal of launches as a launch sees it. Where it is kept: journalFiles.ts. */
import type { LaunchEntry } from './entry.ts';

/** One launch in the journal, held by this window alone. */
export interface JournalPage {
  readonly entry: LaunchEntry;
  /**
   * Changes the entry; resolves when that would outlive the end of this process.
   * @throws LaunchTaken where another window goes on with this launch; nothing of it may be touched any more
   */
  write(change: (entry: LaunchEntry) => void): Promise<void>;
  /** The launch is over: its entry goes. */
  end(): Promise<void>;
  /** It is not over, and nobody works on it: it is offered by the next window that looks. */
  release(): Promise<void>;
}

export interface LaunchJournal {
  /** Writes an entry down and holds it. */
  begin(entry: LaunchEntry): Promise<JournalPage>;
  /**
   * The launches that are not over and that no window works on. May take as long as a lease lasts.
   * @param onHeld told of each that another window works on, or seems to: a lease outlives a process by a moment
   */
  unfinished(onHeld?: () => void): Promise<LaunchEntry[]>;
  /** Holds an entry; undefined where another window was faster, or the launch is over. */
  take(id: string): Promise<JournalPage | undefined>;
}

export class LaunchTaken extends Error {
  override readonly name = 'LaunchTaken';
}

/** Writes nothing down; for launches whose process outlives them, such as tests. */
export const noJournal: LaunchJournal = {
  begin: (entry) => {
    const page: JournalPage = {
      entry,
      write: (change) => Promise.resolve(change(entry)),
      end: () => Promise.resolve(),
      release: () => Promise.resolve(),
    };
    return Promise.resolve(page);
  },
  unfinished: () => Promise.resolve([]),
  take: () => Promise.resolve(undefined),
};
