import type { LiveEvent, Overview } from '../../../core/contract/index.ts'

/** What of an event can be shown without asking: runs that go on, and how far they are. */
export function afterOverviewEvent(overview: Overview, event: LiveEvent): Overview {
  const { running } = overview
  if (event.type === 'progress') {
    if (!running.some(({ id }) => id === event.runId)) return overview
    return {
      ...overview,
      running: running.map((run) => (run.id === event.runId ? { ...run, progress: event.progress } : run)),
    }
  }
  if (event.type !== 'run') return overview
  const others = running.filter(({ id }) => id !== event.run.id)
  if (event.run.endedAt !== null) return others.length === running.length ? overview : { ...overview, running: others }
  const isKnown = others.length < running.length
  return {
    ...overview,
    running: isKnown ? running.map((run) => (run.id === event.run.id ? event.run : run)) : [event.run, ...running],
  }
}
