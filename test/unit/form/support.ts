import { defaultForm } from '../../../src/kubeflow/form.ts';
import type { SpawnForm, SpawnOptions } from '../../../src/kubeflow/form.ts';
import { findings } from '../../../src/kubeflow/form/formFindings.ts';
import { stockGpuVendors, stockImages } from '../../../src/kubeflow/form.ts';

/** alice has a GPU in use by mnist, whose workspace is there; nothing stands in the default form's way. */
export function options(change: Partial<SpawnOptions> = {}): SpawnOptions {
  return {
    namespaces: ['alice', 'bob'],
    images: [...stockImages],
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

/** What is said about a form, as "field code". */
export function said(change: Partial<SpawnForm> = {}, o = options(), severity?: string): string[] {
  return findings(form(change, o), o)
    .filter((f) => severity === undefined || f.severity === severity)
    .map((f) => `${f.field} ${f.code}`);
}
