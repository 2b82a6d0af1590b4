import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { certificate } from '../../lab/cluster/certificate.ts';
import { RunFolder } from '../../lab/folders.ts';
import type { Lab } from '../../lab/index.ts';
import type { KubeProblem } from '../../src/k8s/errors.ts';
import { fingerprints, Oracle, whoIs, writeFiles, type Scene } from './support/kubectlOracle.ts';
import { lab as theLab } from './support/lab.ts';
import { Recorder, type Asked } from './support/recorder.ts';

/** What the kubeconfigs of the cases are made of. */
interface Facts {
  folder: string;
  /** The lab's API server. */
  server: string;
  ca: string;
  caData: string;
  alice: string;
  bob: string;
  admin: string;
  /** A real token with an end, which serves as an id-token too. */
  serviceAccount: string;
  cert: string;
  key: string;
  recorder: Recorder;
}

interface Case {
  name: string;
  files: (f: Facts) => Record<string, string | Buffer>;
  env?: (f: Facts) => NodeJS.ProcessEnv;
  path?: (f: Facts) => string;
  context?: string;
  /** Both views must be the same; false where kubectl has none. */
  view?: false;
  /** Whom both are to the lab, or how both ask the recorder. */
  who?: 'lab' | 'recorder';
  /** Of a tolerated case: who we are where kubectl refuses. */
  we?: string;
  /** How we ask the recorder where kubectl refuses. */
  asked?: Asked;
  /** kubectl refuses with these words. */
  kubectl?: RegExp;
  /** Ours is then this problem. */
  ours?: Partial<KubeProblem>;
}

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const json = (text: unknown): string => JSON.stringify(text);
const v1 = 'client.authentication.k8s.io/v1';
const v1beta1 = 'client.authentication.k8s.io/v1beta1';

/** A kubeconfig with one of everything, as flow YAML. */
function config(
  f: Facts,
  o: { cluster?: object; user?: object | null; context?: object; current?: string; at?: 'lab' | 'recorder' } = {},
): string {
  const recorder = {
    server: `https://127.0.0.1:${f.recorder.port}`,
    'certificate-authority-data': b64(f.recorder.ca.cert),
  };
  const lab = { server: f.server, 'certificate-authority-data': f.caData };
  return json({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { ...(o.at === 'recorder' ? recorder : lab), ...o.cluster } }],
    users: [{ name: 'u', user: o.user === undefined ? { token: f.alice } : o.user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...o.context } }],
    'current-context': o.current ?? 'x',
  });
}

/** A plugin that hands out a credential. `said` are lines of shell before that. */
function plugin(status: object, o: { version?: string; said?: string } = {}): string {
  const credential = json({ apiVersion: o.version ?? v1, kind: 'ExecCredential', status });
  return `#!/bin/sh\n${o.said ?? ''}\nprintf '%s' '${credential}'\n`;
}

const exec = (more: object = {}): { exec: object } => ({
  exec: { apiVersion: v1, command: './plugin', interactiveMode: 'IfAvailable', ...more },
});

const parts = (f: Facts): { cluster: string; user: string; context: string } => ({
  cluster: `clusters: [{ name: c, cluster: { server: '${f.server}', certificate-authority-data: ${f.caData} } }]`,
  user: `users: [{ name: u, user: { token: ${f.alice} } }]`,
  context: `contexts: [{ name: x, context: { cluster: c, user: u, namespace: alice } }]\ncurrent-context: x`,
});
const listed = (f: Facts, ...names: string[]): NodeJS.ProcessEnv => ({
  KUBECONFIG: names.map((name) => (name === '' ? '' : path.join(f.folder, name))).join(':'),
});

const cases: Case[] = [
  // --- which files
  {
    name: '~/.kube/config when KUBECONFIG is not set',
    files: (f) => ({ '.kube/config': config(f) }),
    env: () => ({}),
    who: 'lab',
  },
  {
    name: 'a path that is named, whatever KUBECONFIG says',
    files: (f) => ({ mine: config(f), other: config(f, { user: { token: f.bob } }) }),
    env: (f) => listed(f, 'other'),
    path: (f) => path.join(f.folder, 'mine'),
    who: 'lab',
  },
  {
    name: 'a cluster, a user and a context in three files',
    files: (f) => ({ a: parts(f).cluster, b: parts(f).user, c: parts(f).context }),
    env: (f) => listed(f, 'a', 'b', 'c'),
    who: 'lab',
  },
  {
    name: 'files that are missing or empty, and one of comments only, between others',
    files: (f) => ({ a: config(f), empty: '', comments: '# nothing\n---\n' }),
    env: (f) => listed(f, 'missing', 'empty', '', 'comments', 'a', 'nowhere/at/all'),
    who: 'lab',
  },
  {
    name: 'the first file to name a cluster, user or context, entry by entry and not field by field',
    files: (f) => ({
      a: `clusters: [{ name: c, cluster: { server: '${f.server}', certificate-authority-data: ${f.caData} } }]\nusers: [{ name: u, user: { token: ${f.alice} } }]`,
      b: config(f, {
        cluster: { server: 'https://second', 'tls-server-name': 'sni' },
        user: { username: 'me', password: 'p', token: '' },
      }),
      c: config(f, { context: { namespace: 'later', user: 'gone' } }),
    }),
    env: (f) => listed(f, 'a', 'b', 'c'),
    who: 'lab',
  },
  {
    name: 'the first current context of several files, one file listed twice',
    files: (f) => ({
      a: parts(f).cluster,
      b: `${parts(f).user}\ncontexts: [{ name: z, context: { cluster: c, user: u } }]\ncurrent-context: z`,
      c: config(f),
    }),
    env: (f) => listed(f, 'a', 'b', 'c', 'a'),
    who: 'lab',
  },
  {
    name: 'no file at all',
    files: () => ({}),
    env: (f) => listed(f, 'missing'),
    view: false,
    kubectl: /localhost:8080/,
    ours: { code: 'KubeconfigMissing' },
  },
  // --- odd but legal text
  { name: 'JSON with tabs', files: (f) => ({ a: JSON.stringify(JSON.parse(config(f)), null, '\t') }), who: 'lab' },
  {
    name: 'a byte order mark and Windows line ends',
    files: (f) => ({ a: `\uFEFF${Object.values(parts(f)).join('\n')}`.replaceAll('\n', '\r\n') }),
    who: 'lab',
  },
  {
    name: "UTF-16, as Windows' PowerShell writes it",
    files: (f) => ({ a: Buffer.from(`\uFEFF${config(f)}`, 'utf16le') }),
    who: 'lab',
  },
  {
    name: 'anchors, aliases, merge keys and folded text',
    files: (f) => ({
      a: `base: &base { certificate-authority-data: ${f.caData} }
clusters: [{ name: c, cluster: { <<: *base, server: '${f.server}' } }]
users:
- name: &who u
  user:
    token: >-
      ${f.alice}
contexts: [{ name: x, context: { cluster: c, user: *who } }]
current-context: "x"
`,
    }),
    who: 'lab',
  },
  { name: 'the first of several documents', files: (f) => ({ a: `---\n${config(f)}\n---\nusers: [\n` }), who: 'lab' },
  {
    name: 'the last of two equal keys',
    files: (f) => ({ a: `${Object.values(parts(f)).join('\n')}\n${parts(f).user.replace(f.alice, f.bob)}` }),
    who: 'lab',
  },
  {
    name: "YAML 1.1's truth",
    files: (f) => ({
      a: `clusters: [{ name: c, cluster: { server: '${f.server}', insecure-skip-tls-verify: yes } }]\n${parts(f).user}\n${parts(f).context}`,
    }),
    who: 'lab',
  },
  {
    name: 'names with spaces, slashes, colons and letters of other scripts',
    files: (f) => ({
      a: json({
        clusters: [{ name: 'gke_a:b/c d', cluster: { server: f.server, 'certificate-authority-data': f.caData } }],
        users: [{ name: 'josé@例', user: { token: f.alice } }],
        contexts: [{ name: 'arn:aws:eks:eu-1:1:cluster/ñ', context: { cluster: 'gke_a:b/c d', user: 'josé@例' } }],
        'current-context': 'arn:aws:eks:eu-1:1:cluster/ñ',
      }),
    }),
    who: 'lab',
  },
  {
    name: 'fields that nobody knows',
    files: (f) => ({ a: config(f, { cluster: { 'new-thing': [1] }, user: { token: f.alice, later: { a: true } } }) }),
    who: 'lab',
  },
  {
    name: 'an entry named twice in one file (kubectl refuses the file; we take the first)',
    files: (f) => ({
      a: `${parts(f).cluster}\nusers: [{ name: u, user: { token: ${f.alice} } }, { name: u, user: { token: ${f.bob} } }]\n${parts(f).context}`,
    }),
    view: false,
    kubectl: /duplicate name "u"/,
    we: 'alice@example.com',
  },
  {
    name: 'names and passwords that YAML 1.1 takes for numbers and truth (kubectl refuses the file; we take them as they stand)',
    files: (f) => ({
      a: `${parts(f).cluster.replace('name: c', 'name: 0123')}\n${parts(f).user.replace('name: u', 'name: on')}\ncontexts: [{ name: n, context: { cluster: 0123, user: on, namespace: 1e3 } }]\ncurrent-context: n`,
    }),
    view: false,
    kubectl: /cannot unmarshal/,
    we: 'alice@example.com',
  },
  {
    name: 'another version of the format (kubectl refuses the file; we read what we know)',
    files: (f) => ({ a: config(f).replace('"apiVersion":"v1"', '"apiVersion":"v2"') }),
    view: false,
    kubectl: /no kind "Config" is registered for version "v2"/,
    we: 'alice@example.com',
  },
  {
    name: 'text that is no YAML',
    files: (f) => ({ a: `users: [{ token: ${f.alice}\nclusters: {` }),
    view: false,
    kubectl: /error loading config file/,
    ours: { code: 'KubeconfigInvalid' },
  },
  // --- relative paths
  {
    name: 'authority, certificate and key relative to the file that names them, not to where one is',
    files: (f) => ({
      'deep/er/a': json({
        clusters: [{ name: 'c', cluster: { server: f.server, 'certificate-authority': '../ca.pem' } }],
        users: [{ name: 'u', user: { 'client-certificate': 'my.crt', 'client-key': './my.key' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
      'deep/ca.pem': f.ca,
      'deep/er/my.crt': f.cert,
      'deep/er/my.key': f.key,
    }),
    env: (f) => listed(f, 'deep/er/a'),
    // kubectl config view takes relative paths from where one is, so it finds none of them.
    view: false,
    who: 'lab',
  },
  {
    name: 'a token file and a plugin relative to their own files of several',
    files: (f) => ({
      'one/a': json({ users: [{ name: 't', user: { tokenFile: 'token' } }] }),
      'one/token': `${f.bob}\n`,
      'two/b': config(f, { user: exec({ command: 'bin/plugin' }), context: { user: 't' } }),
      'two/bin/plugin!': plugin({ token: f.alice }),
    }),
    env: (f) => listed(f, 'one/a', 'two/b'),
    who: 'lab',
  },
  {
    name: 'a plugin in a folder beside the file',
    files: (f) => ({
      'two/b': config(f, { user: exec({ command: 'bin/plugin' }) }),
      'two/bin/plugin!': plugin({ token: f.alice }),
    }),
    env: (f) => listed(f, 'two/b'),
    who: 'lab',
  },
  // --- users
  {
    name: 'a client certificate in the file',
    files: (f) => ({
      a: config(f, { user: { 'client-certificate-data': b64(f.cert), 'client-key-data': b64(f.key) } }),
    }),
    who: 'lab',
  },
  {
    name: 'a client certificate and a token: both are shown',
    files: (f) => ({
      a: config(f, {
        at: 'recorder',
        user: { token: 't', 'client-certificate-data': b64(f.cert), 'client-key-data': b64(f.key) },
      }),
    }),
    who: 'recorder',
  },
  {
    name: 'a client certificate without its key',
    files: (f) => ({ a: config(f, { user: { token: f.alice, 'client-certificate-data': b64(f.cert) } }) }),
    kubectl: /client-key-data or client-key must be specified/,
    ours: { code: 'KubeconfigInvalid' },
  },
  {
    name: 'a token file',
    files: (f) => ({ a: config(f, { user: { tokenFile: 'token' } }), token: ` ${f.alice}\n` }),
    who: 'lab',
  },
  {
    name: 'a token file before a token',
    files: (f) => ({ a: config(f, { user: { token: f.bob, tokenFile: 'token' } }), token: f.alice }),
    who: 'lab',
  },
  {
    name: 'a token in place of its file, which is not there',
    files: (f) => ({ a: config(f, { user: { token: f.bob, tokenFile: 'gone' } }) }),
    who: 'lab',
  },
  {
    name: 'a token in place of its file, which is empty',
    files: (f) => ({ a: config(f, { user: { token: f.bob, tokenFile: 'token' } }), token: '\n' }),
    who: 'lab',
  },
  {
    name: 'a token file that is not there',
    files: (f) => ({ a: config(f, { user: { tokenFile: 'gone' } }) }),
    kubectl: /gone: no such file/,
    ours: { code: 'KubeconfigInvalid' },
  },
  {
    name: 'a name and a password',
    files: (f) => ({ a: config(f, { at: 'recorder', user: { username: 'me', password: 'pä:ss' } }) }),
    who: 'recorder',
  },
  {
    name: 'a token that the server does not know',
    files: (f) => ({ a: config(f, { user: { token: 'nobody-has-this' } }) }),
    kubectl: /must be logged in|Unauthorized/,
    ours: { code: 'Unauthorized' },
  },
  // --- plugins
  {
    name: 'a plugin of v1',
    files: (f) => ({ a: config(f, { user: exec() }), 'plugin!': plugin({ token: f.alice }) }),
    who: 'lab',
  },
  {
    name: 'a plugin of v1beta1, without an interactiveMode, found on the PATH',
    files: (f) => ({
      a: config(f, { user: { exec: { apiVersion: v1beta1, command: 'find-me' } } }),
      'bin/find-me!': plugin({ token: f.alice }, { version: v1beta1 }),
    }),
    env: (f) => ({ ...listed(f, 'a'), PATH: `${path.join(f.folder, 'bin')}:${process.env['PATH']}` }),
    // kubectl fills in the mode.
    view: false,
    who: 'lab',
  },
  {
    name: 'a plugin that gives a certificate',
    files: (f) => ({
      a: config(f, { user: exec() }),
      'plugin!': plugin({ clientCertificateData: f.cert, clientKeyData: f.key }),
    }),
    who: 'lab',
  },
  {
    name: 'a plugin whose credentials are over as soon as they come',
    files: (f) => ({
      a: config(f, { user: exec() }),
      'plugin!': plugin({ token: f.alice, expirationTimestamp: '2020-01-01T00:00:00Z' }),
    }),
    who: 'lab',
  },
  {
    name: 'a plugin with arguments and variables',
    files: (f) => ({
      a: config(f, { user: exec({ args: ['one two', '"3"', '$4'], env: [{ name: 'MINE', value: 'a "b" $c' }] }) }),
      'plugin!': plugin({ token: f.alice }, { said: `[ "$1$2$3-$MINE" = 'one two"3"$4-a "b" $c' ] || exit 7` }),
    }),
    who: 'lab',
  },
  {
    name: 'a token before a plugin',
    files: (f) => ({ a: config(f, { user: { token: f.bob, ...exec() } }), 'plugin!': 'exit 1' }),
    who: 'lab',
  },
  {
    name: 'a name and password before a plugin',
    files: (f) => ({
      a: config(f, { at: 'recorder', user: { username: 'me', password: 'p', ...exec() } }),
      'plugin!': plugin({ token: 't' }),
    }),
    who: 'recorder',
  },
  {
    name: 'a plugin of v1 without an interactiveMode (kubectl refuses it; we take it as IfAvailable)',
    files: (f) => ({
      a: config(f, { user: exec({ interactiveMode: undefined }) }),
      'plugin!': plugin({ token: f.alice }),
    }),
    kubectl: /interactiveMode must be specified/,
    we: 'alice@example.com',
  },
  {
    name: 'a plugin that must ask, where nobody can answer',
    files: (f) => ({
      a: config(f, { user: exec({ interactiveMode: 'Always' }) }),
      'plugin!': plugin({ token: f.alice }),
    }),
    kubectl: /standard input is not a terminal/,
    ours: { code: 'ExecPluginFailed', reason: 'interactive' },
  },
  {
    name: 'a plugin that fails',
    files: (f) => ({ a: config(f, { user: exec() }), 'plugin!': '#!/bin/sh\necho Sign in first. >&2\nexit 3\n' }),
    kubectl: /failed with exit code 3/,
    ours: { code: 'ExecPluginFailed', reason: 'failed', detail: 'Sign in first. (it ended with exit code 3)' },
  },
  {
    name: 'a plugin that prints garbage',
    files: (f) => ({ a: config(f, { user: exec() }), 'plugin!': '#!/bin/sh\necho Welcome\n' }),
    kubectl: /decoding stdout/,
    ours: { code: 'ExecPluginFailed', reason: 'badOutput' },
  },
  {
    name: 'a plugin that answers in another version',
    files: (f) => ({ a: config(f, { user: exec() }), 'plugin!': plugin({ token: f.alice }, { version: v1beta1 }) }),
    kubectl: /plugin is configured to use API version/,
    ours: { code: 'ExecPluginFailed', reason: 'badOutput' },
  },
  {
    name: 'a plugin that gives nothing',
    files: (f) => ({ a: config(f, { user: exec() }), 'plugin!': plugin({}) }),
    kubectl: /didn't return a token or cert/,
    ours: { code: 'ExecPluginFailed', reason: 'badOutput' },
  },
  {
    name: 'a plugin that is not on the PATH, with a hint',
    files: (f) => ({ a: config(f, { user: exec({ command: 'no-such-plugin', installHint: 'Get it from IT.' }) }) }),
    kubectl: /executable no-such-plugin not found[^]*Get it from IT\./,
    ours: { code: 'ExecPluginFailed', reason: 'missing', installHint: 'Get it from IT.' },
  },
  {
    name: 'a plugin of a version that is gone',
    files: (f) => ({
      a: config(f, { user: exec({ apiVersion: 'client.authentication.k8s.io/v1alpha1' }) }),
      'plugin!': plugin({}),
    }),
    kubectl: /invalid apiVersion "client.authentication.k8s.io\/v1alpha1"/,
    ours: { code: 'ExecPluginFailed', reason: 'failed' },
  },
  // --- OIDC
  {
    name: 'an OIDC id-token that is valid',
    files: (f) => ({ a: config(f, { user: oidc(f.serviceAccount) }) }),
    who: 'lab',
  },
  {
    name: 'an OIDC id-token that is over, without a refresh token',
    files: (f) => ({ a: config(f, { user: oidc(over()) }) }),
    kubectl: /id-token|refresh/,
    ours: { code: 'SignedOut', detail: 'the id-token ended 2020-01-01T00:00:00.000Z' },
  },
  {
    name: 'a sign-in method that Kubernetes has dropped',
    files: (f) => ({
      a: config(f, { user: { 'auth-provider': { name: 'gcp', config: { 'access-token': f.alice } } } }),
    }),
    kubectl: /gcp auth plugin has been removed|no Auth Provider found/,
    ours: { code: 'SignedOut' },
  },
  // --- acting as somebody else
  {
    name: 'impersonation of a user',
    files: (f) => ({ a: config(f, { user: { token: f.admin, as: 'bob@example.com' } }) }),
    who: 'lab',
  },
  {
    name: 'impersonation with an id, groups and extras',
    files: (f) => ({
      a: config(f, {
        user: {
          token: f.admin,
          as: 'bob',
          'as-uid': '7',
          'as-groups': ['one', 'two words'],
          'as-user-extra': { 'acme.org/role (new)': ['a', 'b'], plain: ['c'] },
        },
      }),
    }),
    who: 'lab',
  },
  {
    name: 'impersonation of names in other scripts',
    files: (f) => ({ a: config(f, { user: { token: f.admin, as: 'josé 例', 'as-groups': ['gruppe ü'] } }) }),
    who: 'lab',
  },
  {
    name: 'impersonation of groups without a user',
    files: (f) => ({ a: config(f, { user: { token: f.admin, 'as-groups': ['one'] } }) }),
    kubectl: /without impersonating a user/,
    ours: { code: 'KubeconfigInvalid' },
  },
  // --- clusters
  {
    name: 'a certificate that is not looked at',
    files: (f) => ({
      a: config(f, { cluster: { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true } }),
    }),
    who: 'lab',
  },
  {
    name: 'an authority that is not the one that signed',
    files: (f) => ({ a: config(f, { cluster: { 'certificate-authority-data': b64(f.recorder.ca.cert) } }) }),
    kubectl: /certificate signed by unknown authority|x509/,
    ours: { code: 'CertificateUntrusted' },
  },
  {
    name: 'a name of its own for TLS',
    files: (f) => ({ a: config(f, { at: 'recorder', cluster: { 'tls-server-name': 'recorder.test' } }) }),
    who: 'recorder',
  },
  {
    name: 'a name for TLS that the certificate does not have',
    files: (f) => ({ a: config(f, { at: 'recorder', cluster: { 'tls-server-name': 'other.test' } }) }),
    kubectl: /not other\.test/,
    ours: { code: 'CertificateUntrusted' },
  },
  {
    name: 'a proxy of its own',
    files: (f) => ({ a: config(f, { at: 'recorder', cluster: { 'proxy-url': f.recorder.proxyUrl } }) }),
    who: 'recorder',
  },
  {
    name: 'a server with a path and a slash at its end',
    files: (f) => ({
      a: config(f, { at: 'recorder', cluster: { server: `https://127.0.0.1:${f.recorder.port}/k8s/clusters/c-1/` } }),
    }),
    who: 'recorder',
  },
  {
    name: 'a server without a scheme, which is http whatever else is said',
    files: (f) => ({
      a: config(f, { at: 'recorder', user: null, cluster: { server: `127.0.0.1:${f.recorder.plainPort}` } }),
    }),
    who: 'recorder',
  },
  // --- what is missing
  {
    name: 'a context without a user',
    files: (f) => ({
      a: config(f, { cluster: { server: `http://127.0.0.1:${f.recorder.plainPort}` }, context: { user: undefined } }),
    }),
    who: 'recorder',
  },
  {
    name: 'a user without anything (kubectl asks for a name; we go as nobody)',
    files: (f) => ({ a: config(f, { at: 'recorder', user: null }) }),
    kubectl: /EOF/,
    asked: { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews' },
  },
  {
    name: 'a user that is not there (kubectl asks for a name; we say so)',
    files: (f) => ({ a: config(f, { context: { user: 'gone' } }) }),
    kubectl: /EOF|"gone" does not exist/,
    ours: { code: 'KubeconfigInvalid', detail: 'context "x" names the user "gone", which it lacks' },
  },
  {
    name: 'a cluster that is not there (kubectl tries localhost:8080; we say so)',
    files: (f) => ({ a: config(f, { context: { cluster: 'gone' } }) }),
    kubectl: /localhost:8080/,
    ours: { code: 'KubeconfigInvalid', detail: 'context "x" names the cluster "gone", which it lacks' },
  },
  {
    name: 'a cluster without a server, which a later file does not mend (kubectl tries localhost:8080; we say so)',
    files: (f) => ({ a: `clusters: [{ name: c, cluster: {} }]`, b: config(f) }),
    env: (f) => listed(f, 'a', 'b'),
    kubectl: /localhost:8080/,
    ours: { code: 'KubeconfigInvalid', detail: 'the cluster "c" has no server' },
  },
  {
    name: 'a context without a cluster (kubectl tries localhost:8080; we say so)',
    files: (f) => ({ a: config(f, { context: { cluster: undefined } }) }),
    kubectl: /localhost:8080/,
    ours: { code: 'KubeconfigInvalid', detail: 'context "x" names no cluster' },
  },
  {
    name: 'a current context that is not there',
    files: (f) => ({ a: config(f, { current: 'gone' }) }),
    kubectl: /context was not found for specified context: gone|context "gone" does not exist/,
    ours: { code: 'ContextMissing', context: 'gone' },
  },
];

function oidc(idToken: string): object {
  return {
    'auth-provider': {
      name: 'oidc',
      config: { 'client-id': 'me', 'idp-issuer-url': 'https://127.0.0.1:1', 'id-token': idToken },
    },
  };
}

/** A token that ended with 2019, signed by nobody. */
function over(): string {
  return (
    [{ alg: 'none' }, { exp: Date.parse('2020-01-01T00:00:00Z') / 1000 }]
      .map((part) => Buffer.from(json(part)).toString('base64url'))
      .join('.') + '.eA'
  );
}

describe('a kubeconfig, with kubectl as the oracle', function () {
  this.timeout(60_000);
  let lab: Lab;
  let oracle: Oracle;
  let facts: Facts;
  const recorder = new Recorder();

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    const run = new RunFolder(lab.run);
    oracle = new Oracle(run.program('kubectl'));
    await recorder.start();
    const tokenOf = async (who: 'alice' | 'bob' | 'admin'): Promise<string> =>
      (parse(await readFile(lab.kubeconfig(who), 'utf8')) as { users: { user: { token: string } }[] }).users[0]!.user
        .token;
    const ca = await readFile(run.in('ca.crt'), 'utf8');
    const { cert, key } = run.clientAuthority();
    const by = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    facts = {
      folder: '',
      server: lab.server,
      ca,
      caData: b64(ca),
      alice: await tokenOf('alice'),
      bob: await tokenOf('bob'),
      admin: await tokenOf('admin'),
      serviceAccount: (
        await lab.kubectl(['-n', 'alice', 'create', 'token', 'default-editor', '--duration', '1h'])
      ).trim(),
      ...certificate({ name: 'carla', organizations: ['team one', 'team two'], by }),
      recorder,
    };
  });
  after(() => recorder.stop());

  beforeEach(async () => {
    facts.folder = await mkdtemp(path.join(os.tmpdir(), 'oracle-'));
    recorder.clear();
  });
  afterEach(() => rm(facts.folder, { recursive: true }));

  async function scene(one: Pick<Case, 'files' | 'env' | 'path' | 'context'>): Promise<Scene> {
    await writeFiles(facts.folder, one.files(facts));
    const { folder } = facts;
    return { folder, env: one.env?.(facts) ?? listed(facts, 'a'), path: one.path?.(facts), context: one.context };
  }

  for (const one of cases) {
    it(one.name, async () => {
      const at = await scene(one);
      const before = await fingerprints(facts.folder);
      if (one.view !== false) assert.deepEqual(await oracle.ourView(at), await oracle.kubectlView(at));
      if (one.who === 'lab') {
        const who = await oracle.ourWho(at);
        assert.deepEqual(who, await oracle.kubectlWho(at));
        assert.ok(who.username);
      }
      if (one.who === 'recorder') {
        await oracle.kubectlWho(at);
        const kubectl = {
          asked: recorder.asked.at(-1),
          names: recorder.names.at(-1),
          proxy: recorder.connected.at(-1),
        };
        recorder.clear();
        await oracle.ourWho(at);
        assert.deepEqual({ asked: recorder.asked[0], names: recorder.names[0], proxy: recorder.connected[0] }, kubectl);
      }
      if (one.kubectl) await assert.rejects(oracle.kubectlWho(at), one.kubectl);
      if (one.asked) {
        recorder.clear();
        await oracle.ourWho(at);
        assert.deepEqual(recorder.asked, [one.asked]);
      }
      if (one.we) assert.equal((await oracle.ourWho(at)).username, one.we);
      if (one.ours) {
        const problem = await oracle.ourProblem(at);
        assert.deepEqual({ ...problem, ...one.ours }, problem);
        for (const secret of [facts.alice, facts.bob]) assert.ok(!json(problem).includes(secret), 'a token is told');
      }
      assert.deepEqual(await fingerprints(facts.folder), before, 'a file was written');
    });
  }

  it('tells a plugin about its cluster what kubectl tells it', async () => {
    const cluster = {
      'tls-server-name': 'recorder.test',
      'proxy-url': recorder.proxyUrl,
      extensions: [
        { name: 'client.authentication.k8s.io/exec', extension: { audience: 'a', list: [1, true, null, { b: 'c' }] } },
      ],
    };
    const user = exec({ provideClusterInfo: true });
    const at = await scene({
      files: (f) => ({
        a: config(f, { at: 'recorder', cluster, user }),
        'plugin!': plugin({ token: 't' }, { said: `printf '%s\\n' "$KUBERNETES_EXEC_INFO" >> ${f.folder}/info.log` }),
      }),
    });
    await oracle.kubectlWho(at);
    await oracle.ourWho(at);
    const told = (await readFile(path.join(facts.folder, 'info.log'), 'utf8'))
      .split(/\n+/)
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
    assert.equal(told.length, 2);
    assert.deepEqual(told[1], told[0]);
  });

  it('reads a token file again when it has rotated, without being made anew', async () => {
    const at = await scene({ files: (f) => ({ a: config(f, { user: { tokenFile: 'token' } }), token: f.alice }) });
    const cluster = await oracle.connect(at);
    try {
      assert.deepEqual(await whoIs(cluster), await oracle.kubectlWho(at));
      await writeFiles(facts.folder, { token: 'revoked' });
      await writeFiles(facts.folder, { token: facts.bob });
      cluster.retryNow();
      assert.deepEqual(await whoIs(cluster), await oracle.kubectlWho(at));
    } finally {
      cluster.dispose();
    }
  });

  it('never spends a refresh token, and asks nobody for another id-token', async () => {
    const config_ = {
      'client-id': 'me',
      'idp-issuer-url': `http://127.0.0.1:${recorder.plainPort}`,
      'id-token': over(),
      'refresh-token': 'r',
    };
    const at = await scene({
      files: (f) => ({ a: config(f, { user: { 'auth-provider': { name: 'oidc', config: config_ } } }) }),
    });
    const before = await fingerprints(facts.folder);
    assert.equal((await oracle.ourProblem(at)).code, 'SignedOut');
    assert.deepEqual(recorder.asked, []);
    assert.deepEqual(await fingerprints(facts.folder), before);
  });

  it('is a service account inside a pod, whose empty kubeconfig counts as none', async () => {
    const { hostname, port } = new URL(lab.server);
    await writeFiles(facts.folder, {
      'sa/token': facts.serviceAccount,
      'sa/ca.crt': facts.ca,
      'sa/namespace': 'alice',
      empty: '',
    });
    const env = {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      KUBECONFIG: path.join(facts.folder, 'empty'),
    };
    const inPod = { folder: facts.folder, env, serviceAccount: path.join(facts.folder, 'sa') };
    const flags = [
      '--server',
      lab.server,
      '--token',
      facts.serviceAccount,
      '--certificate-authority',
      path.join(facts.folder, 'sa/ca.crt'),
    ];
    const printed = await oracle.kubectl({ folder: facts.folder, env: {} }, ['auth', 'whoami', '-o', 'json', ...flags]);
    const { username } = (JSON.parse(printed) as { status: { userInfo: { username: string } } }).status.userInfo;
    assert.equal((await oracle.ourWho(inPod)).username, username);
    assert.equal(username, 'system:serviceaccount:alice:default-editor');
  });

  it('has at least thirty cases', () => assert.ok(cases.length >= 30, `${cases.length}`));
});
