import { createHash } from 'node:crypto';
import type { Entry } from '../jupyter/contents.ts';
import type { Memory } from './usedServers.ts';

/** A content that went through this window. */
interface Content {
  /** Entry.version of it; undefined for one whose write was not confirmed. */
  version?: string;
  size: number;
  /** Of contents that are not too large to hash in passing. */
  sha256?: string;
}

interface Seen {
  /** Entry.version that VS Code was told last; undefined while there is no such file. */
  version?: string;
  /** The time that it was told; ms. */
  shown: number;
  /** What VS Code read or wrote last: an open document stands on it. */
  content?: Content;
  /** Sent, but the answer was lost. */
  pending?: Content;
}

const memoryKey = 'kubeflow.fileVersions';
/** A document that was dirty when the window closed is among the last that were read or written. */
const mostRemembered = 100;
const mostHashed = 8 * 1024 * 1024;

/**
 * What VS Code is told about a file's time and size. It takes an unchanged time for unchanged content, an earlier one for
 * no conflict, and a later one with the size that it knows for the same content (files.ts, `etag`). So each version that
 * was seen gets a later time than the one before (also when a cell put an older file in its place), and a version of the
 * same size as the content that a document stands on is told to be one byte larger, until it is read: or VS Code would
 * overwrite it without a word.
 */
export class FileVersions {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly memory?: Memory) {
    const stored = memory?.get<unknown>(memoryKey);
    if (!Array.isArray(stored)) return;
    for (const pair of stored as unknown[]) if (isStored(pair)) this.seen.set(pair[0], pair[1]);
  }

  /** What to say of a file that the server describes so. */
  tell(key: string, entry: Entry): { mtime: number; size: number } {
    const seen = this.at(key);
    if (seen.version !== entry.version) {
      seen.shown = Math.max(entry.modified, seen.shown + 1);
      seen.version = entry.version;
    }
    const size = entry.size ?? 0;
    const { content } = seen;
    const hidden = content !== undefined && content.version !== entry.version && content.size === size;
    return { mtime: seen.shown, size: hidden ? size + 1 : size };
  }

  /** Whether the file is another than VS Code was told last. */
  changed(key: string, entry: Entry): boolean {
    const version = this.seen.get(key)?.version;
    return version !== undefined && version !== entry.version;
  }

  /** Whether what VS Code read or wrote last is another version than the file is now. */
  outdated(key: string, entry: Entry): boolean {
    const content = this.seen.get(key)?.content;
    return content !== undefined && content.version !== entry.version;
  }

  /**
   * Hashes of contents that went through here, one of which the file may have although its time is another (it was
   * touched, or our write arrived and its answer did not). Empty where there is nothing to find out.
   */
  candidates(key: string, entry: Entry): string[] {
    const seen = this.seen.get(key);
    if (!seen || seen.content?.version === entry.version) return [];
    return [seen.content, seen.pending].flatMap((one) => (one?.sha256 && one.size === entry.size ? [one.sha256] : []));
  }

  /** The file turned out to have one of these contents: nothing changed for VS Code. */
  same(key: string, entry: Entry, sha256: string): void {
    const seen = this.at(key);
    seen.content = { version: entry.version, size: entry.size ?? 0, sha256 };
    delete seen.pending;
    seen.version = entry.version;
    this.keep(key, seen);
  }

  /** These bytes were read. */
  read(key: string, entry: Entry, bytes: Uint8Array): void {
    this.tell(key, entry);
    const seen = this.at(key);
    seen.content = { ...contentOf(bytes), version: entry.version };
    this.keep(key, seen);
  }

  /** These bytes are about to be sent. */
  writing(key: string, bytes: Uint8Array): void {
    this.at(key).pending = contentOf(bytes);
  }

  /** These bytes were written: another version whatever the server's clock says. */
  wrote(key: string, entry: Entry, bytes: Uint8Array): void {
    const seen = this.at(key);
    seen.shown = Math.max(entry.modified, seen.shown + 1);
    seen.version = entry.version;
    seen.content = {
      ...(seen.pending?.size === bytes.byteLength ? seen.pending : contentOf(bytes)),
      version: entry.version,
    };
    delete seen.pending;
    this.keep(key, seen);
  }

  /** Another file was put here. */
  replaced(key: string, entry: Entry): void {
    this.forget(key);
    this.tell(key, entry);
  }

  /** The file is gone; another of its name will have a later time. */
  forget(key: string): void {
    const seen = this.seen.get(key);
    if (seen) this.seen.set(key, { shown: seen.shown });
  }

  private at(key: string): Seen {
    const known = this.seen.get(key);
    if (known) return known;
    const made: Seen = { shown: -1 };
    this.seen.set(key, made);
    return made;
  }

  /** Remembered for a window that is opened again with documents that were not saved: they stand on these contents. */
  private keep(key: string, seen: Seen): void {
    this.seen.delete(key);
    this.seen.set(key, seen);
    if (!this.memory) return;
    const kept = [...this.seen].filter(([, one]) => one.content).slice(-mostRemembered);
    void this.memory.update(memoryKey, kept);
  }
}

function contentOf(bytes: Uint8Array): Content {
  const size = bytes.byteLength;
  return size > mostHashed ? { size } : { size, sha256: sha256(bytes) };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isStored(pair: unknown): pair is [string, Seen] {
  if (!Array.isArray(pair) || typeof pair[0] !== 'string') return false;
  const seen = pair[1] as Partial<Seen> | null;
  return typeof seen?.shown === 'number' && typeof seen.content?.size === 'number';
}
