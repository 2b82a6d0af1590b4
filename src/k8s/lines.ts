import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/**
 * A byte stream's lines without their line ends, as they come; the last one counts without a line end too. What is not
 * taken is not read: a slow reader holds the sender back.
 */
export async function* readLines(stream: Readable): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  for await (const chunk of stream) {
    const text = decoder.write(chunk as Buffer);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      rest.push(text.slice(from, end));
      const line = rest.join('');
      rest = [];
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
      from = end + 1;
    }
    if (from < text.length) rest.push(text.slice(from));
  }
  const last = rest.join('') + decoder.end();
  if (last !== '') yield last;
}
