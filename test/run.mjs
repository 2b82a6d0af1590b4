import { bootstrap } from '../lab/bootstrap.mjs';

bootstrap(() => import('./run/main.ts'));
