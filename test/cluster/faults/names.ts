import type dns from 'node:dns';

type Lookup = typeof dns.lookup;

/** A name that this process's DNS knows, or does not. */
export class Names {
  /** RFC 6761: no DNS knows it. */
  readonly host = 'kubeflow-lab.invalid';
  private readonly real: Lookup;
  private known = false;

  constructor(private readonly resolver: typeof dns) {
    this.real = resolver.lookup;
  }

  know(): void {
    this.known = true;
    const lookup = (name: string, ...rest: unknown[]) =>
      (this.real as (...args: unknown[]) => void)(this.known && name === this.host ? '127.0.0.1' : name, ...rest);
    this.resolver.lookup = lookup as Lookup;
  }

  forget(): void {
    this.known = false;
  }

  restore(): void {
    this.resolver.lookup = this.real;
  }
}
