import { bootstrap } from '../lab/bootstrap.mjs';

bootstrap(() => import('./main.ts'));
