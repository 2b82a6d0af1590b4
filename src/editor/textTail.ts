/** Text in bytes of UTF-8, cut between characters. */

/** The first part of a text, of at most so many bytes, and the rest. */
export function splitAt(text: string, bytes: number): [string, string] {
  if (bytes <= 0) return ['', text];
  // A character has at most three bytes for each of its UTF-16 units.
  if (text.length * 3 <= bytes) return [text, ''];
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length <= bytes) return [text, ''];
  let cut = bytes;
  while (cut > 0 && (encoded[cut]! & 0xc0) === 0x80) cut--;
  return [encoded.toString('utf8', 0, cut), encoded.toString('utf8', cut)];
}

interface Chunk {
  text: string;
  bytes: number;
}

/** Keeps the end of a text that grows without end; costs as much as what is added, not as what is kept. */
export class TextTail {
  private chunks: Chunk[] = [];
  private kept = 0;
  private total = 0;

  /** @param limit bytes that are kept at least */
  constructor(private readonly limit: number) {}

  /** Bytes of all that was added. */
  get length(): number {
    return this.total;
  }

  /** More was added than is kept. */
  get isCut(): boolean {
    return this.total > this.limit;
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    const last = this.chunks.at(-1);
    // Many small ones would cost more than their text.
    if (last && last.bytes < 10_000) {
      last.text += text;
      last.bytes += bytes;
    } else this.chunks.push({ text, bytes });
    this.kept += bytes;
    this.total += bytes;
    let gone = 0;
    for (; this.kept - this.chunks[gone]!.bytes >= this.limit; gone++) this.kept -= this.chunks[gone]!.bytes;
    if (gone > 0) this.chunks.splice(0, gone);
  }

  /** The last `bytes`, or all that there are; and how many bytes of what was added are not in it. */
  end(bytes: number): { text: string; left: number } {
    const parts: string[] = [];
    let room = Math.min(bytes, this.limit);
    for (let i = this.chunks.length - 1; i >= 0 && room > 0; i--) {
      const chunk = this.chunks[i]!;
      parts.unshift(chunk.bytes <= room ? chunk.text : lastOf(chunk.text, room));
      room -= chunk.bytes;
    }
    const text = parts.join('');
    return { text, left: this.total - Buffer.byteLength(text) };
  }
}

function lastOf(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8');
  let cut = encoded.length - bytes;
  while (cut < encoded.length && (encoded[cut]! & 0xc0) === 0x80) cut++;
  return encoded.toString('utf8', cut);
}
