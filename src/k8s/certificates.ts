import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KubeError } from './errors.ts';
import type { KubeContext } from './kubeconfig.ts';
import type { KubeCluster } from './kubeconfigFile.ts';

/**
 * The authorities that a kubeconfig names for a cluster, PEM; a file is read at each call. Undefined: it names none, and
 * those of this computer count. TLS itself takes a text without a certificate for "nobody", so it is looked at here.
 * @throws KubeError KubeconfigInvalid, with the file where there is one
 */
export async function authorityOf(cluster: KubeCluster): Promise<Buffer | undefined> {
  const { name, caData, caFile } = cluster;
  if (caData) {
    const place = `cluster ${JSON.stringify(name)}`;
    return checked(Buffer.from(caData, 'base64'), place, 'its certificate-authority-data is no certificate (PEM)');
  }
  if (!caFile) return undefined;
  const read = await readFile(caFile).catch((error: NodeJS.ErrnoException) => {
    const detail = `the certificate authority file cannot be read (${error.code})`;
    throw new KubeError({ code: 'KubeconfigInvalid', path: caFile, detail }, { cause: error });
  });
  return checked(read, caFile, 'the certificate authority file is no certificate (PEM)');
}

/** The error of a client certificate or key that TLS can't use: whose it is, a plugin's or the kubeconfig's. */
export function badIdentity({ user }: KubeContext, error: Error): KubeError {
  const detail = `the client certificate and its key cannot be used (${error.message})`;
  if (user.exec && !user.certData && !user.certFile) {
    const { command, installHint } = user.exec;
    const hint = installHint ? { installHint } : {};
    return new KubeError({ code: 'ExecPluginFailed', command, reason: 'badOutput', detail, ...hint }, { cause: error });
  }
  const path = (user.certData ? undefined : user.certFile) ?? user.keyFile ?? `user ${JSON.stringify(user.name)}`;
  return new KubeError({ code: 'KubeconfigInvalid', path, detail }, { cause: error });
}

function checked(pem: Buffer, path: string, detail: string): Buffer {
  const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END [^-]+-----/.exec(
    pem.toString('latin1'),
  );
  try {
    if (block) void new X509Certificate(block[0]);
  } catch (error) {
    throw new KubeError({ code: 'KubeconfigInvalid', path, detail }, { cause: error });
  }
  if (block) return pem;
  throw new KubeError({ code: 'KubeconfigInvalid', path, detail });
}
