import type { Duplex } from 'node:stream';

/** Resolves when `stream` has lived for `ms`, or earlier when it closes. */
export function settled(stream: Duplex, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stream.off('close', done);
      stream.off('error', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stream.on('close', done);
    stream.on('error', done);
  });
}
