/** Where in a line of code somebody is: pure text; Python's rules, which R and Julia mostly share. */

/** What stands on each character before an offset: nothing special, or text that is no code. */
interface Scan {
  /** The offsets of brackets that are open there, the innermost last. */
  open: { at: number; char: string }[];
  inText: boolean;
}

/** The dotted name that ends with the word at an offset: `np.mean` for both the m of `np.mean(a)` and its n. */
export function nameAt(code: string, offset: number): { name: string; start: number; end: number } | undefined {
  const word = /[\p{L}\p{N}_]/u;
  let end = offset;
  while (end < code.length && word.test(code[end]!)) end++;
  let last = offset;
  while (last > 0 && word.test(code[last - 1]!)) last--;
  if (last === end) return undefined;
  let start = last;
  while (start > 0 && /[\p{L}\p{N}_.]/u.test(code[start - 1]!)) start--;
  const name = code.slice(start, end);
  if (!/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) || name.includes('..') || keywords.has(name)) return undefined;
  return scan(code, last).inText ? undefined : { name, start: last, end };
}

/** The call whose brackets an offset is in: what is called, and the argument that stands there. */
export function callAt(code: string, offset: number): { name: string; index: number; keyword?: string } | undefined {
  const { open } = scan(code, offset);
  const bracket = open.findLast(({ char }) => char === '(');
  if (!bracket) return undefined;
  const before = /[\p{L}_][\p{L}\p{N}_.]*$/u.exec(code.slice(0, bracket.at).trimEnd());
  if (!before || keywords.has(before[0])) return undefined;
  const given = argumentsOf(code.slice(bracket.at + 1, offset));
  const keyword = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/u.exec(given.at(-1) ?? '')?.[1];
  return { name: before[0], index: given.length - 1, ...(keyword ? { keyword } : {}) };
}

/** The parameters of a signature such as `f(a, b: int = 1, *rest) -> str`, as they stand there. */
export function parametersOf(signature: string): string[] {
  const from = signature.indexOf('(');
  if (from < 0) return [];
  let to = signature.length;
  for (let at = from + 1; at <= signature.length; at++)
    if (scan(signature, at).open.length === 0) {
      to = at - 1;
      break;
    }
  return argumentsOf(signature.slice(from + 1, to))
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Which parameter an argument is for; undefined where none takes it. */
export function activeParameter(
  parameters: readonly string[],
  given: { index: number; keyword?: string },
): number | undefined {
  const name = (one: string) => /^\**([\p{L}_][\p{L}\p{N}_]*)/u.exec(one)?.[1];
  if (given.keyword !== undefined) {
    const named = parameters.findIndex((one) => name(one) === given.keyword);
    const rest = parameters.findIndex((one) => one.startsWith('**'));
    return named >= 0 ? named : rest >= 0 ? rest : undefined;
  }
  // `/` and a bare `*` are no parameters, and everything behind `*rest` has to be named.
  const places = parameters.map((one, at) => ({ one, at })).filter(({ one }) => one !== '/');
  const star = places.findIndex(({ one }) => one.startsWith('*'));
  if (star >= 0 && given.index >= star) return places[star]!.one === '*' ? undefined : places[star]!.at;
  return places[given.index]?.at;
}

function argumentsOf(text: string): string[] {
  const cuts = [-1];
  for (let at = 0; at < text.length; at++)
    if (text[at] === ',') {
      const there = scan(text, at);
      if (there.open.length === 0 && !there.inText) cuts.push(at);
    }
  return cuts.map((cut, i) => text.slice(cut + 1, cuts[i + 1] ?? text.length));
}

function scan(code: string, offset: number): Scan {
  const open: Scan['open'] = [];
  let quote: string | undefined;
  let comment = false;
  for (let at = 0; at < offset; at++) {
    const char = code[at]!;
    if (comment) comment = char !== '\n';
    else if (quote) {
      if (char === '\\') at++;
      else if (code.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = undefined;
      } else if (char === '\n' && quote.length === 1) quote = undefined;
    } else if (char === '#') comment = true;
    else if (char === '"' || char === "'") {
      quote = code.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
      at += quote.length - 1;
    } else if ('([{'.includes(char)) open.push({ at, char });
    else if (')]}'.includes(char)) open.pop();
  }
  return { open, inText: comment || quote !== undefined };
}

const keywords = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield True False None'.split(
    ' ',
  ),
);
