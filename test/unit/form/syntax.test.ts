import assert from 'node:assert/strict';
import { cpuText, giQuantity, giText, parseCpu, parseGi } from '../../../src/kubeflow/quantity.ts';
import * as syntax from '../../../src/kubeflow/form/syntax.ts';

/** Texts that a rule takes, and texts that it refuses. */
const rules: [string, (text: string) => boolean, string[], string[]][] = [
  [
    'a name of an object',
    syntax.isObjectName,
    ['a', 'a.b-c', '0', 'a'.repeat(253)],
    ['', 'A', 'a_b', '.a', 'a..b', 'a-', 'a'.repeat(254)],
  ],
  ['a key of data', syntax.isDataKey, ['a', 'A_b-c.d', '.env', '-'], ['', 'a b', 'a/b', '.', '..', '..a', 'é']],
  [
    'a key of a label',
    syntax.isQualifiedName,
    ['a', 'A.b_c-d', 'example.com/a', `example.com/${'a'.repeat(63)}`],
    ['', '/', '/a', 'a/', 'a/b/c', 'Example.com/a', '-a', 'a-', 'a'.repeat(64), 'a b'],
  ],
  [
    'a value of a label',
    syntax.isLabelValue,
    ['', 'a', 'Tesla-T4', '1.0_2', 'a'.repeat(63)],
    ['-', 'a b', 'a/b', 'a'.repeat(64), 'é'],
  ],
  ['a folder of a volume', syntax.isSubPath, ['', 'a', 'a/b', '.a', 'a..b'], ['/a', '..', 'a/../b', 'a\u0000']],
  ['a mount path', syntax.isMountPath, ['/a', '/a/b c', '/é'], ['', '/', '//', 'a', '/a:b', '/a/../b', '/a\n']],
  [
    'a resource of Kubernetes',
    syntax.isNativeResource,
    ['cpu', 'ephemeral-storage', 'kubernetes.io/x', 'a.kubernetes.io/x'],
    ['nvidia.com/gpu', 'notkubernetes.io/x'],
  ],
  [
    'a resource of a container',
    syntax.isContainerResource,
    ['ephemeral-storage', 'hugepages-2Mi'],
    ['storage', 'pods', 'hugepages-x'],
  ],
  ['a text that can be kept', syntax.isStorable, ['', '\n', '👩‍🔬', '\u007f'], ['\u0000', '\ud800', 'a\udc00b']],
];
for (const [what, rule, good, bad] of rules) {
  describe(`The rule for ${what}`, () => {
    for (const text of good) it(`takes ${shown(text)}`, () => assert.equal(rule(text), true));
    for (const text of bad) it(`refuses ${shown(text)}`, () => assert.equal(rule(text), false));
  });
}

describe('The name of an environment variable', () => {
  const kinds = {
    plain: ['A', '_a', 'a.b', 'a-b', '-a', 'NB_PREFIX'],
    unusual: ['1A', 'a b', 'a/b', '.', '..a', '{}'],
    bad: ['', 'a=b', 'é', 'a\n', '\t'],
  };
  for (const [kind, names] of Object.entries(kinds)) {
    for (const name of names) it(`${shown(name)} is ${kind}`, () => assert.equal(syntax.envNameKind(name), kind));
  }
});

describe('Memory as typed', () => {
  const cases: [string, number | undefined, string?][] = [
    ['1', 1, '1Gi'],
    [' 1.50 Gi ', 1.5, '1.5Gi'],
    ['.5', 0.5, '0.5Gi'],
    ['512Mi', 0.5, '0.5Gi'],
    ['100Mi', 100 / 1024, '100Mi'],
    ['2 Ti', 2048, '2048Gi'],
    ['5G', 5e9 / 2 ** 30, '5G'],
    ['1e3', undefined],
    ['1E3', undefined],
    ['500m', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1,5', undefined],
    ['1gi', undefined],
    ['1GB', undefined],
    ['', undefined],
    ['1.2345', undefined],
    ['9'.repeat(16), undefined],
  ];
  for (const [text, value, quantity] of cases) {
    it(`${shown(text)} is ${quantity ?? 'refused'}`, () => {
      assert.equal(parseGi(text), value);
      if (quantity !== undefined) assert.equal(giQuantity(text), quantity);
    });
  }
});

describe('An amount in an object, as the form has it', () => {
  const memory: [string, string][] = [
    ['1Gi', '1'],
    ['1.0Gi', '1.0'],
    ['512Mi', '512Mi'],
    ['1073741824', '1'],
    ['1e9', '1000M'],
    ['1500000001', '1500000.001k'],
    ['1500m', '0.002k'],
    ['0', '0'],
    ['-1', '-1'],
    ['lots', 'lots'],
  ];
  for (const [quantity, text] of memory) {
    it(`${quantity} of memory is ${text}`, () => {
      assert.equal(giText(quantity), text);
    });
  }
  const cores: [string, string][] = [
    ['500m', '500m'],
    ['2', '2'],
    ['1e1', '10'],
    ['2k', '2000'],
    ['100u', '0.001'],
    ['x', 'x'],
  ];
  for (const [quantity, text] of cores)
    it(`${quantity} cores are ${text}`, () => assert.equal(cpuText(quantity), text));
  it('can be typed again', () => {
    for (const [quantity] of memory.slice(0, 8)) assert.notEqual(parseGi(giText(quantity)), undefined, quantity);
    for (const [quantity] of cores.slice(0, 5)) assert.notEqual(parseCpu(cpuText(quantity)), undefined, quantity);
  });
});

describe('an image in a list', () => {
  const image = 'registry.example:5000/team/nb:1.2';
  const cases: [string, boolean, boolean, string][] = [
    [image, true, false, 'nb:1.2'],
    [image, false, false, image],
    [image, true, true, 'nb'],
    [image, false, true, 'registry.example:5000/team/nb'],
    ['registry.example:5000/nb', false, true, 'registry.example:5000/nb'],
    ['team/nb:1@sha256:abc', true, true, 'nb'],
    ['nb', true, true, 'nb'],
  ];
  for (const [whole, hideRegistry, hideTag, label] of cases) {
    it(`is called ${label} for ${whole}`, () => {
      assert.equal(syntax.imageLabel(whole, { hideRegistry, hideTag }), label);
    });
  }
});

function shown(text: string): string {
  return text.length > 30 ? `${text.length} characters` : JSON.stringify(text);
}
