/** Who we are, and who the server says that it is. */
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { certificate } from '../../../lab/cluster/certificate.ts';
import type { Fault } from './row.ts';
import { namespace, type World } from './world.ts';

const account = 'faults';
const tokenFile = ({ folder }: World) => join(folder, 'token');

/** Makes the service account and puts a token of it where the kubeconfig says. */
async function signUp(world: World): Promise<void> {
  await world.kubectl('-n', namespace, 'create', 'serviceaccount', account);
  const token = await world.kubectl('-n', namespace, 'create', 'token', account);
  await writeFile(`${tokenFile(world)}.next`, token, { mode: 0o600 });
  await rename(`${tokenFile(world)}.next`, tokenFile(world));
}

/** The API server believes a token for some time after its account has gone. */
async function untilRefused(world: World): Promise<void> {
  const kubeconfig = world.config;
  await world.until('the token is refused', () =>
    world.lab.kubectl(['auth', 'whoami', `--kubeconfig=${kubeconfig}`]).then(
      () => false,
      (error: Error) => /Unauthorized|logged in/.test(error.message),
    ),
  );
}

/** A credential plugin that gives admin's token for a second or two at a time (credentials end 10 s before they say). */
async function plugin(world: World, where: string): Promise<void> {
  const { users } = await world.read('admin');
  const token = users[0]!.user['token'] as string;
  const script = `#!/bin/sh
if [ -e "$(dirname "$0")/broken" ]; then echo "the session has ended" >&2; exit 1; fi
ends=$(date -u -d '+11 seconds' +%Y-%m-%dT%H:%M:%SZ)
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${token}","expirationTimestamp":"'$ends'"}}'
`;
  await writeFile(where, script, { mode: 0o700 });
  await chmod(where, 0o700);
}

const command = 'faults-login';

/** Does it, and makes the client need a credential when the last one has ended. */
async function spoil({ lab }: World, done: Promise<void>): Promise<void> {
  await done;
  await delay(1500);
  await lab.proxy.cut();
}

const withPlugin: Pick<Fault, 'prepare' | 'config'> = {
  prepare: async (world) => plugin(world, join(await world.programs(), command)),
  config: ({ users }) => {
    users[0]!.user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } };
  },
};

const rotated = (name: string, other: () => ReturnType<typeof certificate>): Fault => ({
  name,
  make: async ({ lab }) => {
    await lab.proxy.certificate(other());
    await lab.proxy.cut();
  },
  sees: { problem: 'CertificateUntrusted', said: /certificate/, rows: 'stale' },
  undo: ({ lab }) => lab.proxy.certificate(),
});

export const credentials: Fault[] = [
  rotated("a server's certificate of an authority that is not known", () =>
    certificate({ name: 'other', hosts: ['127.0.0.1'], by: certificate({ name: 'other authority' }) }),
  ),
  rotated("a server's certificate that signs itself", () => certificate({ name: 'self', hosts: ['127.0.0.1'] })),
  {
    name: 'a token that is revoked under open watches, and a new one in its file',
    visible: [namespace],
    prepare: async (world) => {
      await signUp(world);
      const binding = [
        'create',
        'rolebinding',
        account,
        '--clusterrole=kubeflow-edit',
        `--serviceaccount=${namespace}:${account}`,
      ];
      await world.kubectl('-n', namespace, ...binding);
    },
    config: (config, world) => {
      config.users[0]!.user = { tokenFile: tokenFile(world) };
    },
    make: async (world) => {
      await world.kubectl('-n', namespace, 'delete', 'serviceaccount', account);
      await untilRefused(world);
      await world.lab.proxy.cut();
    },
    sees: { problem: 'Unauthorized', said: /does not accept your sign-in/, rows: 'stale' },
    undo: signUp,
    cleanUp: ({ kubectl }) =>
      kubectl('-n', namespace, 'delete', `serviceaccount/${account}`, `rolebinding/${account}`, '--ignore-not-found'),
  },
  {
    name: 'a server that refuses every sign-in for a while (401)',
    make: async ({ lab }) => {
      await lab.proxy.set({ do: { kind: 'status', status: 401 } });
      await lab.proxy.cut();
    },
    sees: { problem: 'Unauthorized', said: /does not accept your sign-in/, rows: 'stale' },
    undo: ({ lab }) => lab.proxy.clear(),
  },
  {
    name: 'a credential plugin that does not work',
    ...withPlugin,
    make: (world) => spoil(world, writeFile(join(world.bin, 'broken'), '')),
    sees: {
      problem: 'ExecPluginFailed',
      reason: 'failed',
      said: /faults-login.* did not work/,
      rows: 'stale',
    },
    undo: ({ bin }) => rm(join(bin, 'broken')),
    detectable: { after: 16, because: 'a plugin that failed is left alone for 8 s, then for 16 s' },
    cleanUp: ({ bin }) => rm(join(bin, 'broken'), { force: true }),
  },
  {
    name: 'a credential plugin that is not on the PATH any more',
    ...withPlugin,
    make: (world) => spoil(world, rename(join(world.bin, command), join(world.bin, 'elsewhere'))),
    sees: {
      problem: 'ExecPluginFailed',
      reason: 'missing',
      said: /needs the program faults-login/,
      rows: 'stale',
    },
    undo: ({ bin }) => rename(join(bin, 'elsewhere'), join(bin, command)),
  },
];
