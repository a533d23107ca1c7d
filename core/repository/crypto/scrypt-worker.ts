import { workerData } from 'node:worker_threads'

import { type Lanes, mixLanes } from './mix-lanes.ts'

mixLanes(workerData as Lanes)
