import type { IncomingMessage, ServerResponse } from 'node:http'

import { OpenAPIHandler } from '@orpc/openapi/node'
import { implement } from '@orpc/server'

import type { Appliance, Call, Caller } from '../../appliance/index.ts'
import { contract, isGranted, type OperationMeta } from '../../contract/index.ts'
import { sendError } from '../guard/answer.ts'
import { answerError, isAnswer, isRefusal, toAnswer, waitOf } from '../guard/error-answer.ts'
import { readBody } from '../guard/read-body.ts'
import { createAuditor } from './auditor.ts'
import type { Strangers } from './strangers.ts'

/** What a request brings to an operation. */
export interface RequestContext {
  readonly caller: Caller | undefined
  readonly address: string
  readonly setSession: Call['setSession']
  /** Says when the client may come again, where it was too much. Seconds. */
  readonly sayWait: (seconds: number) => void
  /** Begins an answer that goes on: aborted when it has to end. Throws `service/busy`. */
  readonly openStream: (caller: Caller) => AbortSignal
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
  /** Told of what the audit could not be told. */
  readonly onUnrecorded: (error: unknown, operation: string) => void
  readonly strangers: Strangers
  readonly onDone: (operation: string) => void
}

export const API_PREFIX = '/api/v1'

/** Binds the contract to the appliance: one place that lets in, calls, writes the audit, and answers errors. */
export function createApiHandler(options: ApiHandlerOptions): ApiHandler {
  const { appliance, closing, onDefect, onUnrecorded, onDone, strangers } = options
  const handler = new OpenAPIHandler(routerOf(appliance, closing), {
    clientInterceptors: [
      async (given) => {
        const { context, path, input, procedure } = given
        const operation = path.join('.')
        const meta = procedure['~orpc'].meta as OperationMeta
        const record = createAuditor(appliance, context, meta, { operation, input, strangers, onUnrecorded })
        try {
          letIn(meta, context.caller)
        } catch (error) {
          await record('refused')
          throw error
        }
        try {
          const output = await given.next()
          await record('done', output)
          onDone(operation)
          return output
        } catch (error) {
          const answer = toAnswer(error)
          // Whoever went away in the middle is told nothing, and nothing is wrong.
          if (answer.code === 'DEFECT' && given.signal?.aborted !== true) onDefect(error, operation)
          if (answer.code === 'TOO_MANY') context.sayWait(waitOf(error))
          await record(isRefusal(answer) ? 'refused' : 'failed')
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
      try {
        // The handler would take forms, files and text for input, too: it is given what was read here.
        const body =
          request.method === 'GET' ? undefined : ((await readBody(request, context.caller !== undefined)) ?? {})
        const { matched } = await handler.handle(Object.assign(request, { body }), response, {
          prefix: API_PREFIX,
          context,
        })
        return matched
      } catch (error) {
        if (!isAnswer(error)) throw error
        const { code, data, message } = error
        const { remedy } = data
        // What was too large is on its way still.
        const headers = code === 'TOO_LARGE' ? { connection: 'close' } : {}
        sendError(response, code, { message, headers, ...(remedy !== null && { remedy }) })
        return true
      }
    },
  }
}

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
          nouns[noun]?.[verb]?.handler(({ input, context, signal, lastEventId }) => {
            const { caller, address, setSession } = context
            const isStream = noun === 'events' && caller !== undefined
            const signals = [closing, signal, isStream ? context.openStream(caller) : undefined]
            return done[noun]?.[verb]?.(input, {
              caller,
              address,
              setSession,
              signal: AbortSignal.any(signals.filter((each) => each !== undefined)),
              lastEventId,
            })
          }),
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
