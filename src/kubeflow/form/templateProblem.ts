/** What is wrong with a template's text, as data; the words are in views/words/templates.ts. */

/** What should stand in a place. */
export type Expected =
  'map' | 'list' | 'text' | 'flag' | 'cores' | 'memory' | 'limitOfCores' | 'limitOfMemory' | 'count' | 'sharedMemory';

export type TemplateProblem = {
  /** From 1. */
  line: number;
} & (
  | { code: 'tooLarge'; max: number }
  /** `detail`: the YAML parser's own words. */
  | { code: 'notYaml'; detail: string }
  | { code: 'empty' }
  /** Anchors, aliases, tags: what makes a small file a large one, or another thing than it seems. */
  | { code: 'fancyYaml'; what: 'alias' | 'tag' | 'key' | 'depth' }
  | { code: 'version'; known: string }
  | { code: 'unknownKey'; field: string; near?: string }
  | { code: 'missingKey'; field: string }
  | { code: 'expected'; field: string; expected: Expected }
  | { code: 'choice'; field: string; choices: readonly string[] }
  /** Exactly one of these has to be there. */
  | { code: 'oneOf'; field: string; choices: readonly string[] }
  | { code: 'value'; field: string }
);
