/** A notebook server, by the names a person uses. */
export interface ServerRef {
  /** The kubeconfig context's name. */
  context: string;
  namespace: string;
  name: string;
}

/** How much of the API server's fingerprint goes into a URI: enough to notice another cluster, short enough to read. */
export const fingerprintLength = 8;

/**
 * A context's name as part of a URI's authority. VS Code compares authorities without regard to case and stores them in
 * lower case, so everything but [a-z0-9.-] becomes _xx (its UTF-8 bytes in hex).
 */
export function encodeContext(name: string): string {
  return Array.from(Buffer.from(name, 'utf8'), (byte) => {
    const char = String.fromCharCode(byte);
    return /[a-z0-9.-]/.test(char) ? char : `_${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}

/** The name that `encodeContext` made this of; undefined for what it never makes. */
export function decodeContext(encoded: string): string | undefined {
  if (!/^(?:[a-z0-9.-]|_[0-9a-f]{2})*$/.test(encoded)) return undefined;
  const bytes = encoded.match(/_[0-9a-f]{2}|./g) ?? [];
  return Buffer.from(bytes.map((b) => (b.length > 1 ? parseInt(b.slice(1), 16) : b.charCodeAt(0)))).toString('utf8');
}

export function authorityOf(context: string, fingerprint: string): string {
  return `${encodeContext(context)}~${fingerprint.slice(0, fingerprintLength)}`;
}

/** What an authority and a path of the scheme `kubeflow` mean; undefined where they name no notebook server. */
export function parseAddress(
  authority: string,
  path: string,
): { ref: ServerRef; fingerprint: string; path: string } | undefined {
  const at = authority.lastIndexOf('~');
  const context = at < 0 ? undefined : decodeContext(authority.slice(0, at).toLowerCase());
  const [namespace, name, ...rest] = path.split('/').filter(Boolean);
  if (!context || !namespace || !name) return undefined;
  return { ref: { context, namespace, name }, fingerprint: authority.slice(at + 1), path: rest.join('/') };
}

export function sameServer(a: ServerRef, b: ServerRef): boolean {
  return a.context === b.context && a.namespace === b.namespace && a.name === b.name;
}

/** One string for a server; for maps, never shown. */
export function serverKey(ref: ServerRef): string {
  return JSON.stringify([ref.context, ref.namespace, ref.name]);
}
