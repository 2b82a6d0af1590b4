/** What a kernel says to somebody who types: pure text, between the protocol's shapes and an editor's. */

/** A completion as the kernel proposes it. */
export interface Completion {
  text: string;
  /** As the kernel calls it: function, instance, module, magic, path, ... */
  type?: string;
  /** (a, b=1) */
  signature?: string;
}

/** Completions that replace the text between two offsets (UTF-16, as editors count). */
export interface Completions {
  start: number;
  end: number;
  items: Completion[];
}

/** An offset in code points, as the kernel protocol counts (since 5.2), of one in UTF-16. */
export function codePointsOf(text: string, offset: number): number {
  return Array.from(text.slice(0, offset)).length;
}

/** An offset in UTF-16 of one in code points. */
export function utf16Of(text: string, codePoints: number): number {
  let offset = 0;
  for (let i = 0; i < codePoints && offset < text.length; i++)
    offset += String.fromCodePoint(text.codePointAt(offset)!).length;
  return offset;
}

interface CompleteReply {
  matches?: unknown;
  cursor_start?: unknown;
  cursor_end?: unknown;
  metadata?: { _jupyter_types_experimental?: unknown };
}

/** The completions of a complete_reply to a question about `code`; undefined where there are none. */
export function completionsOf(code: string, reply: object): Completions | undefined {
  const { matches, cursor_start, cursor_end, metadata } = reply as CompleteReply;
  if (!Array.isArray(matches) || typeof cursor_start !== 'number' || typeof cursor_end !== 'number') return undefined;
  const start = utf16Of(code, cursor_start);
  const end = utf16Of(code, cursor_end);
  const typed = metadata?._jupyter_types_experimental;
  const types = new Map(Array.isArray(typed) ? typed.filter(isTyped).map((one) => [one.text, one]) : []);
  const items = [...new Set(matches.map(String))].map((text) => {
    const { type, signature } = types.get(text) ?? {};
    return { text, ...(type && type !== '<unknown>' ? { type } : {}), ...(signature ? { signature } : {}) };
  });
  return items.length > 0 ? shortened(code, { start, end, items }) : undefined;
}

/** `np.mean` in place of `np.me` is `mean` in place of `me`: a list of whole paths is hard to read. */
function shortened(code: string, { start, end, items }: Completions): Completions {
  const path = code.slice(start, end);
  const prefix = path.slice(0, path.lastIndexOf('.') + 1);
  if (!prefix || !items.every(({ text }) => text.startsWith(prefix))) return { start, end, items };
  return {
    start: start + prefix.length,
    end,
    items: items.map((item) => ({ ...item, text: item.text.slice(prefix.length) })),
  };
}

function isTyped(value: unknown): value is Completion {
  return typeof (value as Completion | null)?.text === 'string';
}

/** What the kernel knows about a name. */
export interface Inspection {
  /** f(a, b=1) -> int, on one line; where the kernel tells it. */
  signature?: string;
  /** The rest, as plain text; Markdown where `markdown` says so. */
  text: string;
  markdown?: boolean;
}

/** What an inspect_reply tells; undefined when the kernel found nothing. */
export function inspectionOf(reply: object): Inspection | undefined {
  const { found, data } = reply as { found?: unknown; data?: Record<string, unknown> };
  if (found !== true) return undefined;
  const markdown = data?.['text/markdown'];
  if (typeof markdown === 'string') return { text: markdown, markdown: true };
  const plain = data?.['text/plain'];
  if (typeof plain !== 'string') return undefined;
  const sections = sectionsOf(withoutColours(plain));
  const signature = signatureHeads.flatMap((head) => sections.filter((one) => one.head === head)).at(0);
  const rest = sections.filter(({ head }) => !signatureHeads.includes(head));
  const text = rest
    .map(({ head, body }) => (head === '' || head === 'Docstring' ? body : `${head}: ${body}`))
    .filter((part) => part.trim() !== '')
    .join('\n');
  return { ...(signature ? { signature: onOneLine(signature.body) } : {}), text: text.trimEnd() };
}

const signatureHeads = ['Signature', 'Init signature', 'Call signature'];
const heads =
  /^(Signature|Init signature|Call signature|Docstring|Init docstring|Class docstring|Type|String form|Length|File|Subclasses|Source|Namespace|Base Class|Call docstring|Repr):[ \t]*/;

/** IPython's answer in parts, each under its heading; text of other kernels is one part without one. */
function sectionsOf(text: string): { head: string; body: string }[] {
  const sections: { head: string; lines: string[] }[] = [{ head: '', lines: [] }];
  for (const line of text.split('\n')) {
    const head = heads.exec(line);
    if (head) sections.push({ head: head[1]!, lines: [line.slice(head[0].length)] });
    else sections.at(-1)!.lines.push(line);
  }
  return sections.map(({ head, lines }) => ({ head, body: lines.join('\n').replace(/^\n+|\s+$/g, '') }));
}

function withoutColours(text: string): string {
  return text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').replace(/\r\n/g, '\n');
}

function onOneLine(signature: string): string {
  return signature
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .replace(/([([{]) /g, '$1')
    .replace(/,? ([)\]}])/g, '$1')
    .trim();
}
