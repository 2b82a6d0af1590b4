/** What is known of the kubeconfig that the user works with elsewhere in VS Code. */
export interface KubeconfigWishes {
  /** `kubeflow.kubeconfig`; it beats everything. */
  own?: string;
  /** What the Kubernetes extension says, where it is active: it tells of workspace settings too. */
  told?: string;
  /** Its setting where it is installed: of the user, and of the workspace. */
  user?: string;
  workspace?: string;
  /** A workspace that is not trusted must not choose what is run: a kubeconfig names programs. */
  trusted: boolean;
  /** What it says when nobody has chosen: kubectl's rules know this better than one path does. */
  usual: readonly (string | undefined)[];
}

/** The one kubeconfig that the user has chosen; undefined where kubectl's rules hold. */
export function followedKubeconfig(wishes: KubeconfigWishes): string | undefined {
  const { own, told, user, workspace, trusted, usual } = wishes;
  if (own) return own;
  const theirs = (trusted && (told || workspace)) || user || undefined;
  return usual.includes(theirs) ? undefined : theirs;
}
