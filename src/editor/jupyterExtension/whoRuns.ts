/** The values of the setting `kubeflow.kernel`. */
export const kernelSettings = ['auto', 'builtin', 'jupyter'] as const;
export type KernelSetting = (typeof kernelSettings)[number];

/**
 * Who is to run a notebook's cells. `missing`: the setting wants the Jupyter extension, which is not there, so the
 * builtin kernel does it.
 */
export function whoRuns(o: {
  setting: KernelSetting;
  /** The Jupyter extension is. */
  installed: boolean;
  /** This notebook has had a kernel of the Jupyter extension, and none of ours since. */
  remembered: boolean;
}): 'builtin' | 'jupyter' | 'missing' {
  if (o.setting === 'jupyter') return o.installed ? 'jupyter' : 'missing';
  return o.setting === 'auto' && o.remembered && o.installed ? 'jupyter' : 'builtin';
}
