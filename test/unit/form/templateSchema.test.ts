import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { parseTemplate, templateKeys } from '../../../src/kubeflow/form/templateParse.ts';
import { templateText } from '../../../src/kubeflow/form/templateText.ts';
import { formIn, options } from '../../support/formStates.ts';
import { validate } from './templates.ts';

/** The same numbers in each run. */
function numbers(seed: number): () => number {
  return () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

const scalars: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 999_999, 1_000_000, '', 'a', 'none', 'lots', '/x'],
  ...['1Gi', '512Mi', '8 Gi', '500m', '2', '.5', 'jupyter', 'Default', 'Always', 'ReadWriteMany'],
];
const inner = [
  ...['new', 'existing', 'source', 'mountPath', 'readOnly', 'subPath', 'size', 'name', 'accessMode', 'storageClass'],
  ...['claim', 'secret', 'configMap', 'key', 'optional', 'prefix', 'label', 'value', 'a'],
];

/** Documents that are templates, nearly so, or not at all. */
class Documents {
  constructor(private readonly random: () => number) {}

  next(): Record<string, unknown> {
    const document: Record<string, unknown> = this.odds(0.98) ? { apiVersion: 'kubeflow-notebooks/v1' } : {};
    for (let keys = this.odds(0.5) ? 1 : 2; keys > 0; keys--) {
      const key = this.odds(0.97) ? this.pick(templateKeys) : this.pick(['x', 'cpus']);
      document[key] = this.odds(0.8) ? this.likely(key) : this.any(3);
    }
    return document;
  }

  private likely(key: string): unknown {
    const name = this.pick<unknown>(['a', 'a', '', 1]);
    const about = this.pick<unknown>([{ name: 's', key: 'k' }, { name: 's', key: 'k', optional: true }, { name }, 'a']);
    switch (key) {
      case 'apiVersion':
        return this.odds(0.9) ? 'kubeflow-notebooks/v1' : this.any(1);
      case 'workspace':
        return this.odds(0.2) ? 'none' : this.volume();
      case 'dataVolumes':
        return [this.volume(), this.volume()];
      case 'environment':
        return [{ name, ...this.maybe(this.pick(['secret', 'configMap', 'source', 'value']), about) }];
      case 'environmentFrom':
        return [{ [this.pick(['secret', 'configMap', 'x'])]: name, ...this.maybe('prefix', name), ...this.odd() }];
      case 'secretFiles':
        return [{ secret: name, mountPath: '/x', ...this.odd() }];
      case 'gpus':
        return { 'nvidia.com/gpu': this.pick(scalars) };
      case 'gpuModel':
        return { label: name, value: 'T4', ...this.odd() };
      default:
        return this.pick(scalars);
    }
  }

  private volume(): unknown {
    const made = { size: this.pick(['1Gi', 1, 'lots']), ...this.maybe('accessMode', 'ReadWriteMany') };
    const kind = this.pick(['new', 'existing', 'source']);
    return { [kind]: this.pick<unknown>([made, 'a', { nfs: {} }]), ...this.maybe('mountPath', '/x'), ...this.odd() };
  }

  private any(depth: number): unknown {
    if (depth === 0 || this.odds(0.4)) return this.pick(scalars);
    const values = Array.from({ length: Math.floor(this.random() * 4) }, () => this.any(depth - 1));
    return this.odds(0.4) ? values : Object.fromEntries(values.map((value) => [this.pick(inner), value]));
  }

  private odd(): object {
    return this.odds(0.15) ? { [this.pick(inner)]: this.any(1) } : {};
  }
  private maybe(key: string, value: unknown): object {
    return this.odds(0.5) ? { [key]: value } : {};
  }
  private odds(of: number): boolean {
    return this.random() < of;
  }
  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }
}

describe("The schema of templates and the extension's own reading", () => {
  it('take and refuse the same documents', () => {
    const documents = new Documents(numbers(7));
    let taken = 0;
    for (let i = 0; i < 1500; i++) {
      const document = documents.next();
      const isRead = 'template' in parseTemplate(stringify(document, { aliasDuplicateObjects: false }));
      assert.equal(isRead, validate(document), `${JSON.stringify(document)} ${JSON.stringify(validate.errors)}`);
      if (isRead) taken++;
    }
    // Else it would show nothing.
    assert.ok(taken > 150 && taken < 1350, `${taken} are templates`);
  });

  it('give every text an answer, however it was damaged', () => {
    const random = numbers(11);
    const whole = templateText(formIn('everything at once', 'nb'), options, { name: 'T' });
    const pieces = [
      '&a ',
      '*a',
      '!!x ',
      '{',
      '[',
      '"',
      '- ',
      '\t',
      '\n',
      ': ',
      '\u0000',
      '%',
      '---\n',
      '\ud800',
      '<<: ',
    ];
    for (let i = 0; i < 300; i++) {
      const at = Math.floor(random() * whole.length);
      const piece = pieces[Math.floor(random() * pieces.length)]!;
      const found = parseTemplate(whole.slice(0, at) + piece + whole.slice(at + Math.floor(random() * 3)));
      assert.ok('template' in found || found.problems.every(({ line }) => line >= 1));
    }
  });
});
