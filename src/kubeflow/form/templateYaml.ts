/** The text of a template as a tree that knows its lines. Takes no anchors, aliases and tags, and only so much. Pure. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node } from 'yaml';
import { maxTemplateSize } from './template.ts';
import type { TemplateProblem } from './templateProblem.ts';

export type Tree = { line: number } & (
  | { kind: 'map'; entries: readonly { key: string; line: number; value: Tree }[] }
  | { kind: 'list'; items: readonly Tree[] }
  | { kind: 'value'; value: string | number | boolean | null }
);

/** Deeper than any volume source; far from what a parser's stack holds. */
const maxDepth = 20;
const maxBrackets = 500;

class Refused extends Error {
  constructor(readonly problem: TemplateProblem) {
    super(problem.code);
  }
}

/** The first document's tree, or why there is none. Never throws. */
export function treeOf(text: string): { tree: Tree } | { problem: TemplateProblem } {
  if (new TextEncoder().encode(text).length > maxTemplateSize)
    return { problem: { line: 1, code: 'tooLarge', max: maxTemplateSize } };
  // The parser goes down by recursion, and these get deep in a few bytes.
  if ((text.match(/[[{]/g) ?? []).length > maxBrackets || /(?:[-?:] +){64}/.test(text))
    return { problem: { line: 1, code: 'fancyYaml', what: 'depth' } };
  const lines = new LineCounter();
  const lineAt = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
  try {
    const document = parseDocument(text, {
      ...{ version: '1.2', schema: 'core', merge: false, uniqueKeys: false },
      ...{ lineCounter: lines, prettyErrors: false, logLevel: 'error' },
    });
    const [error] = document.errors;
    if (error) throw new Refused({ line: lineAt(error.pos[0]), code: 'notYaml', detail: error.message });
    const [warning] = document.warnings;
    if (warning) throw new Refused({ line: lineAt(warning.pos[0]), code: 'fancyYaml', what: 'tag' });
    const { contents } = document;
    if (!contents || (isScalar(contents) && contents.value === null)) return { problem: { line: 1, code: 'empty' } };
    return { tree: grow(contents, lineAt, 0) };
  } catch (error) {
    if (error instanceof Refused) return { problem: error.problem };
    // What the parser's own stack could not hold.
    if (error instanceof RangeError) return { problem: { line: 1, code: 'fancyYaml', what: 'depth' } };
    throw error;
  }
}

function grow(node: Node, lineAt: (offset: number | undefined) => number, depth: number): Tree {
  const line = lineAt(node.range?.[0]);
  const refuse = (what: 'alias' | 'tag' | 'key' | 'depth', at = line): never => {
    throw new Refused({ line: at, code: 'fancyYaml', what });
  };
  if (depth > maxDepth) refuse('depth');
  if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) return refuse('alias');
  if (node.tag !== undefined) return refuse('tag');
  if (isScalar(node)) {
    const { value } = node;
    if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      return { line, kind: 'value', value };
    return refuse('tag');
  }
  if (isSeq<Node>(node)) return { line, kind: 'list', items: node.items.map((one) => grow(one, lineAt, depth + 1)) };
  if (!isMap<Node, Node | null>(node)) return refuse('tag');
  // The parser's own look for one would compare each key with all before it.
  const seen = new Set<string>();
  const entries = node.items.map(({ key, value }) => {
    const at = lineAt(key.range?.[0]);
    const name: Tree = grow(key, lineAt, depth + 1);
    if (name.kind !== 'value' || typeof name.value !== 'string') return refuse('key', at);
    if (seen.has(name.value)) throw new Refused({ line: at, code: 'notYaml', detail: 'Map keys must be unique' });
    seen.add(name.value);
    const grown: Tree = value ? grow(value, lineAt, depth + 1) : { line: at, kind: 'value', value: null };
    return { key: name.value, line: at, value: grown };
  });
  return { line, kind: 'map', entries };
}

/** A tree as JSON has it. */
export function plainOf(tree: Tree): unknown {
  switch (tree.kind) {
    case 'map':
      return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plainOf(value)]));
    case 'list':
      return tree.items.map(plainOf);
    case 'value':
      return tree.value;
  }
}
