import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { maxTemplateSize } from '../../../src/kubeflow/form/template.ts';
import { parseTemplate, templateKeys } from '../../../src/kubeflow/form/templateParse.ts';
import { patterns } from '../../../src/kubeflow/form/templateReader.ts';
import { head, read, said, schema, validate } from './templates.ts';

describe('The text of a template', () => {
  const odd: [string, string, string[]][] = [
    ['nothing', '', ['1 empty']],
    ['a comment', '# later', ['1 empty']],
    ['a list', '- a', ['1 expected']],
    ['another format', 'apiVersion: v1\nkind: Pod', ['1 version']],
    ['a version to come', 'apiVersion: kubeflow-notebooks/v2\nnewKey: 1', ['1 version']],
    ['no version', 'name: x', ['1 missingKey apiVersion']],
    ['broken YAML', `${head}a: [`, ['2 notYaml']],
    ['two documents', `${head}---\nname: x`, ['2 notYaml']],
    ['a key twice', `${head}cpu: 1\ncpu: 2`, ['3 notYaml']],
    ['an alias', `${head}name: &x a\ndescription: *x`, ['2 fancyYaml']],
    ['a bomb of aliases', `${head}${bomb()}`, ['2 fancyYaml']],
    ['a merge', `${head}<<: { cpu: 1 }`, ['2 unknownKey <<']],
    ['a tag that runs code elsewhere', `${head}name: !!js/function "function(){}"`, ['2 fancyYaml']],
    ['a tag of another type', `${head}cpu: !!str 5`, ['2 fancyYaml']],
    ['a key that is no text', `${head}1: 2`, ['2 fancyYaml']],
    ['a key that is a list', `${head}? [a]\n: b`, ['2 fancyYaml']],
    ['a deep tree', `${head}labels: ${'{a: '.repeat(400)}1${'}'.repeat(400)}`, ['2 fancyYaml']],
    ['a deeper one', '['.repeat(30_000), ['1 fancyYaml']],
    ['a deep block', `${'- '.repeat(5000)}x`, ['1 fancyYaml']],
    ['too much', `${head}description: ${'x'.repeat(maxTemplateSize)}`, ['1 tooLarge']],
    ['too much in bytes', `${head}description: ${'한'.repeat(maxTemplateSize / 3)}`, ['1 tooLarge']],
    [
      'unknown keys',
      `${head}Memory: 1\ncpus: 2\ncolour: red`,
      ['2 unknownKey Memory', '3 unknownKey cpus', '4 unknownKey colour'],
    ],
    [
      'the name of a prototype',
      `${head}__proto__: { cpu: 1 }\nconstructor: 1`,
      ['2 unknownKey __proto__', '3 unknownKey constructor'],
    ],
    [
      'wrong types',
      `${head}name: 5\ncpu: lots\nmemory: [1]\ngpus: 1\nlabels: { a: 1 }`,
      [...['2 expected name', '3 expected cpu', '4 expected memory', '5 expected gpus', '6 expected labels.a']],
    ],
    [
      'amounts that are none',
      `${head}cpu: -1\nmemory: .inf\ncpuLimit: no\nsharedMemory: much`,
      [...['2 expected cpu', '3 expected memory', '4 expected cpuLimit', '5 expected sharedMemory']],
    ],
    ['a part of a GPU', `${head}gpus: { nvidia.com/gpu: 0.5 }`, ['2 expected gpus.nvidia.com/gpu']],
    ['the value of a variable', `${head}environment:\n  - name: A\n    value: secret`, ['4 value environment.1.value']],
    [
      'a variable of two sources',
      `${head}environment: [{ name: A, secret: { name: s, key: k }, source: {} }]`,
      ['2 oneOf environment.1'],
    ],
    ['a volume of no kind', `${head}workspace: { mountPath: /x }`, ['2 oneOf workspace']],
    ['a volume of two kinds', `${head}workspace: { existing: a, new: { size: 1 } }`, ['2 oneOf workspace']],
    [
      'a volume without a size',
      `${head}workspace:\n  new: { storageClass: fast }`,
      ['3 missingKey workspace.new.size'],
    ],
    ['no volume among the others', `${head}dataVolumes: [none]`, ['2 expected dataVolumes.1']],
    ['a source of no kind', `${head}environmentFrom: [{ prefix: A_ }]`, ['2 oneOf environmentFrom.1']],
    [
      'nothing in the place of something',
      `${head}cpu:\nlabels:\nworkspace: ~`,
      ['2 expected cpu', '3 expected labels', '4 expected workspace'],
    ],
    [
      'a choice that is none',
      `${head}type: Jupyter\nimagePullPolicy: sometimes`,
      ['2 choice type', '3 choice imagePullPolicy'],
    ],
  ];
  for (const [what, text, problems] of odd) {
    it(`is refused, with what and where: ${what}`, () => assert.deepEqual(said(text), problems));
  }

  it('has a suggestion for a key that is misspelt', () => {
    const near = (key: string) => {
      const found = parseTemplate(`${head}${key}: 1`);
      const [problem] = 'problems' in found ? found.problems : [];
      return problem?.code === 'unknownKey' ? problem.near : 'known';
    };
    assert.deepEqual(
      ['Memory', 'cpus', 'gpu', 'enviroment', 'env', 'dataVolume', 'colour', 'x'.repeat(900)].map(near),
      ['memory', 'cpu', 'gpus', 'environment', 'environment', 'dataVolumes', undefined, undefined],
    );
  });

  /** Texts that are read, each with something of its own. */
  const good = [
    '',
    'name: a\ndescription: b\ntype: rstudio',
    'cpu: 500m\ncpuLimit: none\nmemory: 512Mi\nmemoryLimit: 8 Gi',
    'cpu: .5\ncpuLimit: "2"\nmemory: 1.25\nmemoryLimit: 4',
    'gpus: { nvidia.com/gpu: 1, ephemeral-storage: 1.5Gi, amd.com/gpu: "0" }\ngpuModel: { label: a, value: b }',
    'gpus: {}\nworkspace: none\ndataVolumes: []',
    'workspace: { existing: a, mountPath: /x, readOnly: true, subPath: b }',
    'dataVolumes: [{ new: { size: 1, name: "{notebook-name}-a", accessMode: ReadWriteMany, storageClass: s, claim: { metadata: { labels: { a: b } } } } }, { source: { nfs: { server: a, path: / } } }]',
    'sharedMemory: 2Gi\naffinityGroup: ""\ntolerationGroup: gpu',
    'environment: [{ name: A }, { name: B, secret: { name: s, key: k, optional: false } }, { name: C, configMap: { name: s, key: k } }, { name: D, source: { fieldRef: { fieldPath: spec.nodeName } } }]',
    'environmentFrom: [{ secret: s, prefix: "", optional: true }, { configMap: c }]\nsecretFiles: [{ secret: s, mountPath: /x }]',
    'imagePullSecrets: [a]\nnodeSelector: { a: "" }\nserviceAccount: ""\nlabels: { a: b }\nannotations: {}\nconfigurations: [x]',
    'sharedMemory: false\nimagePullPolicy: Default\nimage: a',
  ];
  for (const text of good) {
    it(`is read, and valid by the schema: ${JSON.stringify(text.slice(0, 30))}`, () => {
      read(head + text);
      assert.ok(validate(parse(head + text)), JSON.stringify(validate.errors));
    });
  }

  // What JSON cannot say, or YAML's own rules forbid, is beyond a schema.
  const beyond = ['fancyYaml', 'notYaml', 'tooLarge'];
  for (const [what, text] of odd.filter(([, , problems]) => !problems.some((p) => beyond.includes(p.split(' ')[1]!)))) {
    it(`is refused by the schema as well: ${what}`, () => assert.equal(validate(parse(text, { merge: false })), false));
  }

  it('is read, and valid by the schema: the example of the manual', () => {
    const manual = readFileSync(path.join(import.meta.dirname, '../../../docs/templates.md'), 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(manual)?.[1] ?? '';
    assert.equal(read(example).name, 'Training');
    assert.ok(validate(parse(example)), JSON.stringify(validate.errors));
  });
  it('has the keys and the amounts of the schema', () => {
    assert.deepEqual(Object.keys(schema.properties).sort(), [...templateKeys].sort());
    for (const [name, pattern] of Object.entries(patterns)) {
      assert.equal(schema.definitions[name]?.anyOf[1]?.pattern, pattern.source);
    }
  });
});

/** A few lines that would be a billion. */
function bomb(): string {
  const lines = ['a: &a [x, x]'];
  for (let i = 1; i < 12; i++)
    lines.push(
      `a${i}: &a${i} [${Array<string>(9)
        .fill(`*a${i === 1 ? '' : i - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}
