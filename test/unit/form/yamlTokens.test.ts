import assert from 'node:assert/strict';
import { manifests } from '../../../src/kubeflow/form/manifests.ts';
import { previewOf } from '../../../src/kubeflow/form/preview.ts';
import { tokens } from '../../../webview-ui/spawn/yamlTokens.ts';
import type { TokenKind } from '../../../webview-ui/spawn/yamlTokens.ts';
import { form } from './support.ts';

/** The pieces of a text that are more than marks and spaces, as "kind text". */
function seen(yaml: string): string[] {
  return tokens(yaml)
    .filter(({ kind, text }) => !(['mark', 'plain'] as TokenKind[]).includes(kind) && text.trim() !== '')
    .map(({ kind, text }) => `${kind} ${text}`);
}

describe('the colours of YAML', () => {
  for (const [what, yaml, pieces] of [
    ['a key and a text', 'kind: Notebook', ['key kind', 'string Notebook']],
    ['a key with a domain', 'notebooks.kubeflow.org/creator: a', ['key notebooks.kubeflow.org/creator', 'string a']],
    ['a key in a list', '  - name: mnist', ['key name', 'string mnist']],
    ['a number', 'replicas: 2', ['key replicas', 'number 2']],
    ['a number in quotes, which is a text', 'cpu: "0.5"', ['key cpu', 'string "0.5"']],
    ['a constant', 'readOnly: true', ['key readOnly', 'constant true']],
    ['a comment', 'a: b # why', ['key a', 'string b', 'comment  # why']],
    ['no comment within quotes', 'a: "b # c"', ['key a', 'string "b # c"']],
    ['no key in a text with a colon', '- http://x:80/y', ['string http://x:80/y']],
    [
      'a block of text, up to the next key',
      'a: |\n  b: c\n\n  d\ne: f',
      ['key a', 'string   b: c', 'string   d', 'key e', 'string f'],
    ],
  ] as const) {
    it(`know ${what}`, () => assert.deepEqual(seen(yaml), pieces));
  }

  it('lose nothing of a text, whatever is in it', () => {
    const env = ['yes', '"', "it's: #1", 'a\nb: |\n  c', '{"a": 1}', '- x', '${HOME}', '한국어 \u2028', '#', '  '].map(
      (value, index) => ({ kind: 'value' as const, name: `V${index}`, value }),
    );
    const yaml = previewOf(manifests(form({ env })));
    assert.equal(
      tokens(yaml)
        .map(({ text }) => text)
        .join(''),
      yaml,
    );
  });
});
