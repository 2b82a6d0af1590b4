import { defaultForm } from '../../../src/kubeflow/form/defaultForm.ts';
import type { SpawnForm, SpawnOptions } from '../../../src/kubeflow/form.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { builtInConfig, stockGpuVendors } from '../../../src/kubeflow/form/spawnerConfig.ts';

/** alice has a GPU in use by mnist, whose workspace is there; nothing stands in the default form's way. */
export function options(change: Partial<SpawnOptions> = {}): SpawnOptions {
  return {
    namespaces: ['alice', 'bob'],
    config: builtInConfig(),
    gpuVendors: [...stockGpuVendors],
    claims: {
      alice: [
        { name: 'mnist-workspace', size: '5Gi', accessModes: ['ReadWriteOnce'], usedBy: ['mnist'] },
        { name: 'datasets', size: '100Gi', accessModes: ['ReadWriteMany'], usedBy: ['mnist'] },
        { name: 'old-workspace', size: '5Gi', accessModes: ['ReadWriteOnce'], usedBy: [] },
      ],
    },
    servers: { alice: [{ name: 'mnist', gpus: [{ key: 'nvidia.com/gpu', count: 1 }] }] },
    quota: {},
    storage: { alice: 'hasDefault' },
    mayCreate: { alice: 'yes' },
    ...change,
  };
}

export function form(change: Partial<SpawnForm> = {}, o = options()): SpawnForm {
  return { ...defaultForm(o, { namespace: 'alice' }), name: 'bert', ...change };
}

/** GPUs as the form's first line has them. */
export function gpus(count: string, key = 'nvidia.com/gpu'): SpawnForm['gpus'] {
  return [{ key, count }];
}

/** What is said about a form, as "field code". */
export function said(change: Partial<SpawnForm> = {}, o = options(), severity?: string): string[] {
  return findings(form(change, o), o)
    .filter((f) => severity === undefined || f.severity === severity)
    .map((f) => `${f.field} ${f.code}`);
}
