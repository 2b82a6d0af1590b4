/** Reading a list of thousands without holding up everything else that goes on. */
import { setImmediate as turn } from 'node:timers/promises';

export interface ListText<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[] | null;
}

const itemsKey = '"items":[';
/** Parses in about 2 ms; smaller lists are parsed in one go. */
const sliceBytes = 256 * 1024;

/**
 * What `JSON.parse` gives for the text of a list, in slices of its items between which other work gets its turn: 5,000
 * notebook servers are 10 MB, which would take 100 ms. `each` gets every item as soon as it is parsed, so that what it
 * drops is gone before the next slice is there.
 *
 * A slice ends where the next bytes are those that the first item begins with. Such a place may also lie within an item;
 * then the slice is no JSON, and goes on to the next such place.
 * @throws SyntaxError; the signal's reason
 */
export async function parseList<T>(
  bytes: Buffer,
  each: (item: T) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ListText<T>> {
  const items: T[] = [];
  const begin = bytes.indexOf(itemsKey) + itemsKey.length;
  let from = begin;
  if (begin >= itemsKey.length && bytes.length > sliceBytes) {
    const boundary = boundaryOf(bytes, begin);
    let end = from + sliceBytes;
    while (boundary && (end = bytes.indexOf(boundary, end)) > 0) {
      const slice = tryParse<T[]>(`[${bytes.toString('utf8', from, end + 1)}]`);
      if (!slice) {
        // not the very next one: what lies within an item may lie there many times
        end += sliceBytes / 8;
        continue;
      }
      for (const item of slice) keep(item);
      from = end + 2;
      end = from + sliceBytes;
      await turn();
      signal?.throwIfAborted();
    }
  }
  const rest =
    from === begin ? bytes.toString('utf8') : bytes.toString('utf8', 0, begin) + bytes.toString('utf8', from);
  const list = JSON.parse(rest) as ListText<T>;
  for (const item of list.items ?? []) keep(item);
  return { ...list, items };

  function keep(item: T): void {
    each(item);
    items.push(item);
  }
}

/** The end of an item and the first bytes of the next, up to its second colon: `},{"apiVersion":"v1","kind":`. */
function boundaryOf(bytes: Buffer, begin: number): Buffer | undefined {
  const first = bytes.indexOf(':', begin);
  const second = bytes.indexOf(':', first + 1);
  if (first < 0 || second < 0 || second - begin > 200) return undefined;
  return Buffer.concat([Buffer.from('},'), bytes.subarray(begin, second + 1)]);
}

function tryParse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
