import net from 'node:net';
import { authority, portOf } from './dial/address.ts';
import { KubeError } from './errors.ts';
import type { ProxyOrigin, ProxyTrouble } from './proxyTrouble.ts';

/** VS Code's own proxy, as its settings have it now. */
export interface EditorProxy {
  /** `http.proxy` */
  url: string;
  /** `http.noProxy` */
  noProxy: readonly string[];
  /** `http.proxyAuthorization`: sent as it is, as the Proxy-Authorization header. */
  authorization?: string;
}

/** Where a connection's proxy comes from, the first that is set wins. */
export interface ProxySources {
  /** `proxy-url` of the kubeconfig's cluster; counts even for hosts in NO_PROXY, as in client-go. */
  cluster?: string;
  editor?: EditorProxy;
  env: NodeJS.ProcessEnv;
}

export interface Proxy {
  /** With user name and password, where it has them. */
  url: URL;
  from: ProxyOrigin;
  /** Proxy-Authorization in place of what the URL says. */
  authorization?: string;
}

/**
 * The proxy for a server, or undefined for none. VS Code's is left out for what VS Code leaves out: this computer, and
 * `http.noProxy`, in the place of which NO_PROXY counts when it is empty. The environment is read as Go does (net/http's
 * ProxyFromEnvironment): lower case counts too, loopback hosts go direct, NO_PROXY lists hosts, domains, addresses,
 * networks and `host:port`; ALL_PROXY is not read.
 * @throws KubeError Unreachable (proxy), for an address that is none
 */
export function proxyFor(server: URL, sources: ProxySources): Proxy | undefined {
  const { cluster, editor, env } = sources;
  if (cluster) return { url: parse(server, cluster, 'kubeconfig'), from: 'kubeconfig' };
  const noProxy = env.NO_PROXY || env.no_proxy || '';
  if (editor) {
    if (isThisComputer(server.hostname)) return undefined;
    const except = editor.noProxy.length > 0 ? editor.noProxy.join(',') : noProxy;
    if (isExcluded(server, except)) return undefined;
    const { authorization } = editor;
    const url = parse(server, editor.url, 'editor');
    return { url, from: 'editor', ...(authorization ? { authorization } : {}) };
  }
  if (isLoopback(server.hostname) || isExcluded(server, noProxy)) return undefined;
  const listed = server.protocol === 'https:' ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  return listed ? { url: parse(server, listed, 'environment'), from: 'environment' } : undefined;
}

/** The error of a proxy; `detail` says it for the log. */
export function proxyError(host: string, proxy: ProxyTrouble, detail: string, cause?: unknown): KubeError {
  return new KubeError({ code: 'Unreachable', host, reason: 'proxy', detail, proxy }, { cause });
}

/** `proxy.corp:3128` means http, as curl and Go read it. What is no address may hold a password: it is not repeated. */
function parse(server: URL, text: string, from: ProxyOrigin): URL {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url) && new URL(url).hostname !== '') return new URL(url);
  const trouble: ProxyTrouble = { name: '', from, trouble: 'address' };
  throw proxyError(authority(server), trouble, `the address of the proxy (${from}) is none`);
}

function isThisComputer(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isExcluded(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = String(portOf(server));
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return inNetwork(host, entry);
      const { name, only } = hostAndPort(entry);
      if (only !== undefined && only !== port) return false;
      const domain = name.replace(/^\*?\./, '');
      return (name === domain && host === domain) || host.endsWith(`.${domain}`);
    });
}

/** `host:port`, `[::1]:port`; an IPv6 address without brackets has no port. */
function hostAndPort(entry: string): { name: string; only?: string } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: bracketed ?? plain ?? entry, ...(port ? { only: port } : {}) };
}

/** Is an address in a CIDR block, of IPv4 or IPv6. */
function inNetwork(host: string, block: string): boolean {
  const [base = '', bits = ''] = block.split('/');
  const family = net.isIP(base);
  if (family === 0 || net.isIP(host) !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const network = new net.BlockList();
  network.addSubnet(base, Number(bits), kind);
  return network.check(host, kind);
}
