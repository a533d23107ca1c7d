import { relative } from 'node:path'

import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** How often it says what is going on. Milliseconds. */
const EVERY = 5 * 60_000
const SLOWEST = 30

/** Says every five minutes which tests go on, so that one that hangs has a name; and at the end which files took longest. */
export class DurationsReporter implements Reporter {
  readonly #files = new Map<string, number>()
  readonly #tests = new Map<string, { readonly name: string; readonly since: number }>()
  #done = 0
  #timer: NodeJS.Timeout | undefined

  onTestRunStart(): void {
    const began = performance.now()
    this.#timer = setInterval(() => this.#tell(began), EVERY).unref()
  }

  onTestModuleStart({ moduleId }: TestModule): void {
    this.#files.set(moduleId, performance.now())
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#files.delete(moduleId)
    this.#done++
  }

  onTestCaseReady({ id, fullName }: TestCase): void {
    this.#tests.set(id, { name: fullName, since: performance.now() })
  }

  onTestCaseResult({ id }: TestCase): void {
    this.#tests.delete(id)
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    clearInterval(this.#timer)
    if (modules.length < SLOWEST) return
    const slowest = modules
      .map((module) => ({ path: module.moduleId, took: module.diagnostic().duration }))
      .toSorted((a, b) => b.took - a.took)
      .slice(0, SLOWEST)
    const sum = modules.reduce((all, module) => all + module.diagnostic().duration, 0)
    const lines = slowest.map(({ path, took }) => `  ${seconds(took).padStart(6)}  ${short(path)}`)
    process.stdout.write(`\nThe slowest of ${modules.length} files, ${seconds(sum)} together:\n${lines.join('\n')}\n`)
  }

  #tell(began: number): void {
    const now = performance.now()
    const lines = [
      ...[...this.#files].map(([path, since]) => `  ${seconds(now - since)} in ${short(path)}`),
      ...[...this.#tests.values()].map(({ name, since }) => `  ${seconds(now - since)} in "${name}"`),
    ]
    process.stdout.write(`\nAfter ${seconds(now - began)}: ${this.#done} files done. Going on:\n${lines.join('\n')}\n`)
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`
}

function short(path: string): string {
  return relative(process.cwd(), path)
}
