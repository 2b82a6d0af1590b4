/** Who named a proxy. */
export type ProxyOrigin = 'kubeconfig' | 'editor' | 'environment';

/** What is wrong with the proxy on the way to a server, as data. Never holds its password. */
export interface ProxyTrouble {
  /** `host:port` of the proxy; what stands in its place when that is no address. */
  name: string;
  from: ProxyOrigin;
  /**
   * 'address': it is none; 'unsupported': a kind of proxy that we do not speak; 'dns': its name is not known; 'down': nobody
   * listens; 'silent': it accepts and does not answer; 'closed': it hangs up; 'certificate': an https proxy that TLS does
   * not believe; 'password': it wants one; 'wrongPassword': it does not take ours; 'denied': it does not allow this
   * server; 'unreachable': it can't reach the server; 'answer': anything else that it said.
   */
  trouble:
    | 'address'
    | 'unsupported'
    | 'dns'
    | 'down'
    | 'silent'
    | 'closed'
    | 'certificate'
    | 'password'
    | 'wrongPassword'
    | 'denied'
    | 'unreachable'
    | 'answer';
  /** The HTTP status or the SOCKS reply. */
  status?: number;
}
