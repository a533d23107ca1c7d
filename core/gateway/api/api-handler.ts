import type { IncomingMessage, ServerResponse } from 'node:http'

import { OpenAPIHandler } from '@orpc/openapi/node'
import { implement } from '@orpc/server'
import { BodyLimitPlugin } from '@orpc/server/node'

import type { Appliance, Call, Caller } from '../../appliance/index.ts'
import { contract, isGranted, type OperationMeta } from '../../contract/index.ts'
import { answerError, toAnswer } from './error-answer.ts'
import { objectOf } from './object-of.ts'

/** What a request brings to an operation. */
export interface RequestContext {
  readonly caller: Caller | undefined
  readonly address: string
  readonly setSession: Call['setSession']
}

/** Answers requests to the API. Resolves to whether there is such an operation. */
export interface ApiHandler {
  handle(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<boolean>
}

export interface ApiHandlerOptions {
  readonly appliance: Appliance
  /** Aborted when the door closes: what watches ends. */
  readonly closing: AbortSignal
  /** Told of what nobody expected. */
  readonly onDefect: (error: unknown, operation: string) => void
}

export const API_PREFIX = '/api/v1'
const MOST_BODY = 1024 * 1024

/** Binds the contract to the appliance: one place that lets in, calls, writes the audit, and answers errors. */
export function createApiHandler({ appliance, closing, onDefect }: ApiHandlerOptions): ApiHandler {
  const handler = new OpenAPIHandler(routerOf(appliance, closing), {
    plugins: [new BodyLimitPlugin({ maxBodySize: MOST_BODY })],
    clientInterceptors: [
      async (given) => {
        const { context, path, input, procedure } = given
        const operation = path.join('.')
        const meta = procedure['~orpc'].meta as OperationMeta
        const record = auditor(appliance, context, meta, operation, input)
        try {
          letIn(meta, context.caller)
        } catch (error) {
          await record('refused')
          throw error
        }
        try {
          const output = await given.next()
          await record('done', output)
          return output
        } catch (error) {
          const answer = toAnswer(error)
          if (answer.code === 'DEFECT') onDefect(error, operation)
          await record(REFUSED.has(answer.code) ? 'refused' : 'failed')
          throw answer
        }
      },
    ],
    customErrorResponseBodyEncoder: (error) => {
      const { code, status, message, data } = toAnswer(error)
      return { code, status, message, data, defined: true }
    },
  })
  return {
    async handle(request, response, context) {
      const { matched } = await handler.handle(request, response, { prefix: API_PREFIX, context })
      return matched
    },
  }
}

const REFUSED: ReadonlySet<string> = new Set(['NOT_SIGNED_IN', 'FORBIDDEN', 'TOO_MANY'])

function routerOf({ operations }: Appliance, closing: AbortSignal) {
  const os = implement(contract).$context<RequestContext>()
  // Both have the contract's own shape, which their types prove; the loop does not see it.
  const nouns = os as unknown as Record<string, Record<string, { handler(work: Handler): unknown }>>
  const done = operations as unknown as Record<string, Record<string, (input: unknown, call: Call) => Promise<unknown>>>
  const router = Object.fromEntries(
    Object.entries(contract).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(
        Object.keys(verbs).map((verb) => [
          verb,
          nouns[noun]?.[verb]?.handler(({ input, context, signal, lastEventId }) =>
            done[noun]?.[verb]?.(input, {
              ...context,
              signal: signal ? AbortSignal.any([signal, closing]) : closing,
              lastEventId,
            }),
          ),
        ]),
      ),
    ]),
  )
  return router as Parameters<typeof os.router>[0]
}

type Handler = (given: {
  readonly input: unknown
  readonly context: RequestContext
  readonly signal?: AbortSignal
  readonly lastEventId?: string
}) => unknown

/** Who may call what: the role, and of a token no more than it was given. */
function letIn({ access }: OperationMeta, caller: Caller | undefined): void {
  if (isGranted(caller?.role, access) && (access === 'anyone' || caller?.access.includes(access) === true)) return
  throw answerError(caller === undefined ? 'NOT_SIGNED_IN' : 'FORBIDDEN')
}

function auditor(
  appliance: Appliance,
  { caller, address }: RequestContext,
  { isAudited = false }: OperationMeta,
  operation: string,
  input: unknown,
): (outcome: 'done' | 'refused' | 'failed', output?: unknown) => Promise<void> {
  if (!isAudited) return () => Promise.resolve()
  return (outcome, output) =>
    appliance.record({
      actor: caller?.name ?? nameIn(input) ?? 'nobody',
      address,
      operation,
      object: objectOf(input) ?? objectOf(output) ?? null,
      outcome,
      input,
    })
}

/** Whoever tries to sign in says who he is. */
function nameIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('name' in input)) return undefined
  return typeof input.name === 'string' ? input.name.slice(0, 64) : undefined
}
