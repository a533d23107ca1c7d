import { type Answers, pageOf, type Stage } from './stage.ts'

export function answerAudit({ world }: Stage): Answers {
  return {
    audit: {
      list: async ({ limit, cursor, actor, operation, from, until }) =>
        pageOf(
          world.audit.filter(
            (entry) =>
              (actor === undefined || entry.actor === actor) &&
              (operation === undefined || entry.operation === operation) &&
              (from === undefined || entry.at >= from) &&
              (until === undefined || entry.at < until),
          ),
          limit,
          cursor,
        ),
    },
  }
}
