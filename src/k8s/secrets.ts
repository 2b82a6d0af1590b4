import type { KubeContext } from './kubeconfig.ts';

const hidden = '[hidden]';

/**
 * A text for others' eyes without the secrets of a context: tokens, passwords, keys, what its plugin is given, and user
 * names with passwords in addresses. Nothing should have put them there; this makes sure.
 */
export function withoutSecrets(text: string, context: KubeContext | undefined): string {
  let clean = text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${hidden}@`)
    .replace(/\b(Bearer|Basic|Negotiate) [\w+/=.~-]{8,}/g, `$1 ${hidden}`);
  for (const secret of context ? secretsOf(context) : []) clean = clean.replaceAll(secret, hidden);
  return clean;
}

/** Longest first, so that one that is part of another leaves nothing behind. Too short ones would garble the text. */
function secretsOf({ user, cluster }: KubeContext): string[] {
  const proxy = cluster.proxyUrl && URL.canParse(cluster.proxyUrl) ? new URL(cluster.proxyUrl).password : undefined;
  const all = [
    user.token,
    user.password,
    user.keyData,
    user.certData,
    proxy,
    ...Object.entries(user.authProvider?.config ?? {})
      .filter(([name]) => /token|secret/.test(name))
      .map(([, value]) => value),
    ...(user.exec?.env ?? []).map(({ value }) => value),
  ];
  return all
    .map((secret) => secret?.trim() ?? '')
    .filter((secret) => secret.length >= 6)
    .sort((a, b) => b.length - a.length);
}
