/** See bootstrap.mjs. */
export function bootstrap(load: () => Promise<unknown>): void;
export function npmEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
