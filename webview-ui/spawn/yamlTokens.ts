/** Cuts YAML, as the preview writes it, into pieces to be coloured. Not a parser: what it does not know stays plain. Pure. */

export type TokenKind = 'key' | 'string' | 'number' | 'constant' | 'comment' | 'mark' | 'plain';
export interface Token {
  kind: TokenKind;
  text: string;
}

const key = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?))(:)(?=\s|$)/;

/** The pieces of a text, which together are the text again. */
export function tokens(yaml: string): Token[] {
  const found: Token[] = [];
  /** The indentation of the line that a block of text belongs to; its lines are further to the right. */
  let block: number | undefined;
  yaml.split('\n').forEach((line, index) => {
    if (index > 0) found.push({ kind: 'plain', text: '\n' });
    const indent = line.length - line.trimStart().length;
    if (block !== undefined && (line.trim() === '' || indent > block)) {
      found.push({ kind: 'string', text: line });
      return;
    }
    block = /(^|[:-] )[|>][-+0-9]*$/.test(line) ? indent : undefined;
    found.push(...ofLine(line));
  });
  return found.filter(({ text }) => text !== '');
}

function ofLine(line: string): Token[] {
  if (/^(---|\.\.\.)\s*$/.test(line)) return [{ kind: 'mark', text: line }];
  const [lead = ''] = /^\s*(?:- +)*/.exec(line) ?? [];
  const rest = line.slice(lead.length);
  const named = key.exec(rest);
  if (!named) return [{ kind: 'mark', text: lead }, ...ofValue(rest)];
  const [whole, name = '', colon = ''] = named;
  return [
    { kind: 'mark', text: lead },
    { kind: 'key', text: name },
    { kind: 'mark', text: colon },
    ...ofValue(rest.slice(whole.length)),
  ];
}

function ofValue(text: string): Token[] {
  const space = text.length - text.trimStart().length;
  const value = text.slice(space);
  const pieces: Token[] = [{ kind: 'plain', text: text.slice(0, space) }];
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(value)?.[0];
  // A # begins a comment at the start and after a space only, and never within quotes.
  const end = quoted?.length ?? (value.startsWith('#') ? 0 : /\s+#/.exec(value)?.index) ?? value.length;
  const said = value.slice(0, end);
  if (said !== '') pieces.push({ kind: kindOf(said), text: said });
  const after = value.slice(end);
  if (after !== '') pieces.push({ kind: after.trimStart().startsWith('#') ? 'comment' : 'plain', text: after });
  return pieces;
}

function kindOf(value: string): TokenKind {
  if (/^[-+]?(\d[\d_]*)(\.\d+)?([eE][-+]?\d+)?$/.test(value)) return 'number';
  if (/^(true|false|null|~)$/.test(value)) return 'constant';
  if (/^([[{|>]|-$)/.test(value)) return 'mark';
  return 'string';
}
