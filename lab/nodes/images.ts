/** What happens when a node is asked to run an image. */
export type ImageBehaviour =
  | { kind: 'jupyter'; pullSeconds: number }
  | { kind: 'crash'; pullSeconds: number; exitCode: number; log: readonly string[] }
  | { kind: 'missing'; error: string }
  | { kind: 'invalid'; error: string };

/** Kubeflow's stock notebook images; any tag v1.* of them exists here. */
const stock =
  /^(?:ghcr\.io\/kubeflow\/kubeflow\/notebook-servers|ghcr\.io\/kubeflow\/notebooks\/notebook-servers|(?:docker\.io\/)?kubeflownotebookswg)\/jupyter(?:-(?:scipy|(?:pytorch|tensorflow)(?:-cuda)?(?:-full)?))?:v1\.[\w.-]+$/;

/** Images of the lab's own, for tests and for trying things out. */
const labImages: Readonly<Record<string, ImageBehaviour>> = {
  'registry.example/lab/jupyter:1': { kind: 'jupyter', pullSeconds: 0 },
  'registry.example/lab/crash-at-start:1': {
    kind: 'crash',
    pullSeconds: 0,
    exitCode: 1,
    log: ['INFO: starting jupyter...', "ModuleNotFoundError: No module named 'jupyterlab'"],
  },
};

/** Any tag exists, so that a test can have one that is on no node yet. */
const slowPull = /^registry\.example\/lab\/slow-pull:\w[\w.-]*$/;

/** The images that exist, for messages and documentation. */
export const imageExamples: readonly string[] = [
  ...['scipy', 'pytorch-full', 'pytorch-cuda-full', 'tensorflow-full', 'tensorflow-cuda-full'].map(
    (name) => `ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-${name}:v1.11.0`,
  ),
  ...Object.keys(labImages),
  'registry.example/lab/slow-pull:1',
];

/** What the lab's nodes do with an image; a name that is in no table is one that no registry has. */
export function imageBehaviour(image: string): ImageBehaviour {
  const own = labImages[image];
  if (own) return own;
  if (slowPull.test(image)) return { kind: 'jupyter', pullSeconds: 20 };
  if (stock.test(image)) return { kind: 'jupyter', pullSeconds: 0.4 };
  const reference = normalised(image);
  return reference
    ? { kind: 'missing', error: notFound(reference) }
    : {
        kind: 'invalid',
        error: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
      };
}

/** The full reference as containerd names it: registry, path and tag. Undefined for what is no reference. */
export function normalised(image: string): string | undefined {
  if (!/^[a-z0-9]+(?:[._:/-]+[A-Za-z0-9_]+)*(?:@sha256:[0-9a-f]{64})?$/.test(image)) return undefined;
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
  const last = path.slice(path.lastIndexOf('/'));
  return last.includes(':') || last.includes('@') ? path : `${path}:latest`;
}

/** containerd's answer for an image that its registry does not have, as a kubelet repeats it. */
function notFound(reference: string): string {
  return (
    `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": ` +
    `failed to resolve reference "${reference}": ${reference}: not found`
  );
}
