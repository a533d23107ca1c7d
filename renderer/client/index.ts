/**
 * The client is what the console knows of the appliance: the only place that knows how the two speak.
 *
 * - **Problem**: what went wrong, as a person is told of it.
 * - **Live bus**: hands on what happens, as it happens.
 * - **Loaded**: something that was asked for, and what came. **Action**: something that a person does by a button.
 */
export { type Client, createClient, createLiveSource } from './client.ts'
export { type ConnectionState, followEvents } from './live-feed.ts'
export { createLiveBus, LIVE_BUS, type LiveBus, useLive } from './live-bus.ts'
export { isAbort, type Problem, toProblem } from './problem.ts'
export { type Action, useAction } from './use-action.ts'
export { CLIENT, useClient } from './use-client.ts'
export { type Loaded, useLoaded } from './use-loaded.ts'
export { type Pages, usePages } from './use-pages.ts'
