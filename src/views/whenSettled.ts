import type { FormPlace } from './formPlace.ts';

/** Longer than any cluster that answers takes; what is not known by then is unknown. */
const patienceMs = 10_000;

/** Resolves when everything is known that the cluster tells, or when it takes too long. */
export function whenSettled(place: FormPlace): Promise<void> {
  if (place.settled) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    const listening = place.onDidChange(() => {
      if (place.settled) done();
    });
  });
}
