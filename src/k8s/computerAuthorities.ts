import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';

/** Where Linux distributions keep the bundle of authorities; the first that is there counts (Go's list). */
export const linuxBundles: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

export interface ComputerPlace {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** In place of {@link linuxBundles}. */
  bundles?: readonly string[];
}

/**
 * Those whose signature on a certificate this computer believes, PEM, each once: Node's own list and the operating
 * system's store. Read here, as neither Node nor VS Code adds the latter to a `tls.connect` unless a setting of each says
 * so. On Linux SSL_CERT_FILE and SSL_CERT_DIR name it, as for kubectl. A part that can't be read adds nothing.
 */
export async function computerAuthorities(place: ComputerPlace): Promise<string[]> {
  const system = place.platform === 'linux' ? await linuxStore(place) : certificatesIn((await nodeStore()).join('\n'));
  const extra = place.env.NODE_EXTRA_CA_CERTS ? await inFile(place.env.NODE_EXTRA_CA_CERTS) : [];
  const known = new Map([...tls.rootCertificates, ...extra, ...(system ?? [])].map((pem) => [compact(pem), pem]));
  return [...known.values()];
}

async function linuxStore({ env, bundles = linuxBundles }: ComputerPlace): Promise<string[]> {
  const found: string[] = [];
  for (const file of env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : bundles) {
    found.push(...(await inFile(file)));
    if (found.length > 0) break;
  }
  for (const folder of (env.SSL_CERT_DIR ?? '').split(path.delimiter).filter((name) => name !== '')) {
    const files = await readdir(folder).catch(() => []);
    for (const file of files) found.push(...(await inFile(path.join(folder, file))));
  }
  return found;
}

async function inFile(file: string): Promise<string[]> {
  return certificatesIn(await readFile(file, 'latin1').catch(() => ''));
}

function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

const compact = (pem: string): string => pem.replace(/\s+/g, '');

/** Asking macOS or Windows takes up to seconds, and Node does it on the thread that asks. */
function nodeStore(): Promise<string[]> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const { getCACertificates } = require('node:tls');
     parentPort.postMessage(getCACertificates ? getCACertificates('system') : []);`,
    { eval: true },
  );
  return new Promise((resolve) => {
    worker.once('message', (list: string[]) => resolve(list));
    // Without the store the authorities that Node brings still count.
    worker.once('error', () => resolve([]));
    worker.once('exit', () => resolve([]));
  });
}
