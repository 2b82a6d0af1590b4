import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { JupyterProblem } from '../../jupyter/errors.ts';
import { runFile } from './claims.ts';

/** Where a cell is in its notebook. Of its text there is a check only: code stays out of this extension's memory. */
export interface CellPlace {
  index: number;
  /** A hash of the text. */
  check: string;
}

/** A cell that runs in a kernel, for the window that comes after this one. Times in ms since 1970. */
export interface RunRecord {
  kernelId: string;
  /** The session's path at the server. */
  path: string;
  /** The pod that the kernel runs in. */
  podUid?: string;
  /** Of the request: outputs name it. */
  messageId: string;
  cell: CellPlace;
  startedAt: number;
  sentAt: number;
  /** Cells that waited behind it and were not sent. */
  waiting: number;
  /** It ended while no editor showed its notebook. */
  ended?: { ok?: boolean; at: number; problem?: JupyterProblem };
}

export function readRun(folder: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(runFile(folder), 'utf8'), withTimes) as RunRecord;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: the window may end in the middle of it. */
export function writeRun(folder: string, record: RunRecord): void {
  const file = runFile(folder);
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The times of a problem, which JSON knows as text only. */
function withTimes(key: string, value: unknown): unknown {
  return ['from', 'to', 'since'].includes(key) && typeof value === 'string' ? new Date(value) : value;
}

export function removeRun(folder: string): void {
  rmSync(runFile(folder), { force: true });
}

export function checkOf(source: string): string {
  return createHash('sha256').update(source.replace(/\r\n/g, '\n')).digest('hex').slice(0, 16);
}

/**
 * Which of a notebook's cells a place means: the one at its index, or the only one with its text where cells were added or
 * moved; undefined where the text is another one now.
 * @param sources of all cells; undefined for those that hold no code
 */
export function findCell(place: CellPlace, sources: readonly (string | undefined)[]): number | undefined {
  const same = (source: string | undefined) => source !== undefined && checkOf(source) === place.check;
  if (same(sources[place.index])) return place.index;
  const found = sources.flatMap((source, index) => (same(source) ? [index] : []));
  return found.length === 1 ? found[0] : undefined;
}
