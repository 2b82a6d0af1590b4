import assert from 'node:assert/strict';
import { planDocuments } from '../../../src/kubeflow/applyYaml.ts';
import { notebooks } from '../../../src/kubeflow/objects.ts';
import { checkSchema } from '../../../src/kubeflow/apply/schemaCheck.ts';
import type { Schema } from '../../../src/kubeflow/apply/schemaCheck.ts';

const profile =
  'apiVersion: kubeflow.org/v1beta1\nkind: Profile\nmetadata:\n  name: erin\nspec:\n  owner: {kind: User, name: e}\n';
const notebook = (extra = '') =>
  `apiVersion: kubeflow.org/v1beta1\nkind: Notebook\nmetadata:\n  name: mnist\n  namespace: erin\n${extra}`;

describe('apply YAML: reading', () => {
  const problems = (text: string, namespace?: string) =>
    planDocuments(text, { namespace }).flatMap((d) => d.problems.map((p) => [d.number, p.line, p.code]));

  it('reads several documents with the line that each begins on, and skips empty ones', () => {
    const documents = planDocuments(`# a comment\n---\n${profile}---\n---\n# nothing\n---\n${notebook()}`);
    assert.deepEqual(
      documents.map((d) => [d.number, d.line, d.kind, d.name, d.namespace]),
      [
        [1, 3, 'Profile', 'erin', undefined],
        [2, 13, 'Notebook', 'mnist', 'erin'],
      ],
    );
    assert.deepEqual(planDocuments(''), []);
    assert.deepEqual(planDocuments('# only a comment\n'), []);
  });

  it('sends neither status nor what the API server stamps', () => {
    const [document] = planDocuments(
      notebook(
        '  uid: x\n  resourceVersion: "5"\n  managedFields: []\n  creationTimestamp: "2026-01-01T00:00:00Z"\nstatus: {readyReplicas: 1}\n',
      ),
    );
    assert.deepEqual(document?.object, {
      apiVersion: 'kubeflow.org/v1beta1',
      kind: 'Notebook',
      metadata: { name: 'mnist', namespace: 'erin' },
    });
  });

  it('follows anchors and merges as kubectl does, and names the document whose aliases make no sense', () => {
    const labels = '  labels: &l {a: b}\n  annotations:\n    <<: *l\n    c: d\n';
    const [document] = planDocuments(notebook(labels));
    assert.deepEqual(document?.object?.metadata.annotations, { a: 'b', c: 'd' });
    const many = (name: string, of: string) => `  ${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`;
    const bomb = `spec:\n  a: &a [1]\n${many('b', 'a')}${many('c', 'b')}${many('d', 'c')}`;
    for (const spec of ['spec: *nowhere\n', 'spec: &s {a: *s}\n', bomb])
      assert.deepEqual(problems(`${profile}---\n${notebook(spec)}`), [[2, 8, 'syntax']]);
  });

  it('reads Windows line ends, and refuses tabs on their line', () => {
    const text = `${profile}---\n${notebook()}`.replaceAll('\n', '\r\n');
    assert.deepEqual(
      planDocuments(text).map((d) => [d.line, d.name, d.problems.length]),
      [
        [1, 'erin', 0],
        [8, 'mnist', 0],
      ],
    );
    assert.deepEqual(problems(notebook('\tlabels: {}\n')), [[1, 6, 'syntax']]);
  });

  it('takes the version that the document names', () => {
    const [document] = planDocuments(notebook().replace('v1beta1', 'v1alpha1'));
    assert.equal(document?.type?.version, 'v1alpha1');
  });

  it('names document and line of what is wrong', () => {
    assert.deepEqual(problems(`${profile}---\na: [1\n`), [[2, 9, 'syntax']]);
    assert.deepEqual(problems(`${profile}---\n- a\n`), [[2, 8, 'notAnObject']]);
    assert.deepEqual(problems('kind: Notebook\n'), [[1, 1, 'missing']]);
    assert.deepEqual(problems(notebook().replace('  name: mnist\n', '')), [[1, 3, 'missing']]);
    assert.deepEqual(problems(notebook().replace('  namespace: erin\n', '')), [[1, 3, 'missing']]);
    assert.deepEqual(problems(notebook().replace('  namespace: erin\n', ''), 'alice'), []);
    assert.deepEqual(problems('apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n'), [[1, 2, 'kindNotAllowed']]);
    assert.deepEqual(problems(profile.replace('v1beta1', 'v2')), [[1, 1, 'versionNotAllowed']]);
    assert.deepEqual(problems(`${profile}---\n${profile}`), [[2, 11, 'duplicate']]);
    assert.deepEqual(problems(`${notebook()}---\n${profile}`), [[1, 5, 'profileComesLater']]);
    assert.deepEqual(problems(`${profile}metadata: {}\n`), [[1, 7, 'syntax']]);
  });

  it('finds the line of a field, or of its nearest ancestor', () => {
    const [document] = planDocuments(
      notebook(
        'spec:\n  template:\n    spec:\n      containers:\n        - name: mnist\n          image: x\n        - name: b\n',
      ),
    );
    assert.equal(document?.lineOf('spec.template.spec.containers[0].image'), 11);
    assert.equal(document?.lineOf('spec.template.spec.containers[1].image'), 12);
    assert.equal(document?.lineOf('spec.template.spec.containers[7]'), 9);
    assert.equal(document?.lineOf('nothing.at.all'), 1);
  });
});

describe('apply YAML: checking by schema', () => {
  const schemas: Record<string, Schema> = {
    Notebook: {
      'x-kubernetes-group-version-kind': [{ group: 'kubeflow.org', version: 'v1beta1', kind: 'Notebook' }],
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        spec: { allOf: [{ $ref: '#/components/schemas/Spec' }] },
      },
    },
    Spec: {
      type: 'object',
      required: ['containers'],
      properties: {
        containers: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['name'],
            properties: {
              name: { type: 'string', pattern: '^[a-z]+$' },
              cpu: { 'x-kubernetes-int-or-string': true },
              labels: { type: 'object', additionalProperties: { type: 'string' } },
            },
          },
        },
      },
    },
  };
  const check = (spec: unknown) =>
    checkSchema(schemas, notebooks, { metadata: { name: 'x' }, spec } as never)?.map((f) => `${f.problem} ${f.field}`);

  it('finds what is required, unknown, of another type or value', () => {
    assert.deepEqual(
      check({
        containers: [
          { name: 'a', cpu: 1 },
          { name: 'b', cpu: '500m', labels: { x: 'y' } },
        ],
      }),
      [],
    );
    assert.deepEqual(check({}), ['required spec.containers']);
    assert.deepEqual(check({ containers: [] }), ['required spec.containers']);
    assert.deepEqual(check({ containers: {} }), ['type spec.containers']);
    assert.deepEqual(check({ containers: [{ nam: 'a' }] }), [
      'required spec.containers[0].name',
      'unknown spec.containers[0].nam',
    ]);
    assert.deepEqual(check({ containers: [{ name: 'A' }] }), ['value spec.containers[0].name']);
    assert.deepEqual(check({ containers: [{ name: 'a', cpu: true }] }), ['type spec.containers[0].cpu']);
    assert.deepEqual(check({ containers: [{ name: 'a', labels: { 'a.b/c': 1 } }] }), [
      'type spec.containers[0].labels[a.b/c]',
    ]);
  });

  it('leaves a pattern that only Go reads to the API server', () => {
    const gvk = [{ group: 'kubeflow.org', version: 'v1beta1', kind: 'Notebook' }];
    const schema: Schema = {
      'x-kubernetes-group-version-kind': gvk,
      properties: { kind: { type: 'string', pattern: '(?i)^notebook$' } },
    };
    const object = { kind: 'Notebook', metadata: { name: 'x' } };
    assert.deepEqual(
      checkSchema({ N: schema }, notebooks, object)?.map((f) => f.field),
      ['metadata'],
    );
  });

  it('says that it knows no schema rather than that all is well', () => {
    assert.equal(checkSchema({}, notebooks, { metadata: { name: 'x' } }), undefined);
  });
});
