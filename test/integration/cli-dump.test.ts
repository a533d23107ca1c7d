import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { ended, jsonLines, startHoldfast } from '../support/holdfast.ts'
import { makeOddRepository, ODD_NAMES, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

describeWith(['restic'], 'holdfast repo dump, of what restic stored', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  it('writes a file of many blobs to standard output, byte for byte', async () => {
    const { code, bytes, stderr } = await odd.holdfast('dump', 'latest', `${odd.source}/folder/copy`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(bytes.equals(readFileSync(join(odd.source, 'random')))).toBe(true)
    const { bytes: text } = await odd.holdfast('dump', `latest:${odd.source}/folder`, 'deep/text')
    expect(text.equals(readFileSync(join(odd.source, 'folder/deep/text')))).toBe(true)
  })

  it('takes the state of the snapshot that is meant', async () => {
    const path = `${odd.source}/folder/deep/text`
    const { bytes } = await odd.holdfast('dump', 'latest', '--tag', 'nightly', path)
    expect(bytes.toString()).toBe('the same again and '.repeat(200_000))
  })

  it('writes an empty file, and one whose name is odd, written as ls shows it', async () => {
    expect(await odd.holdfast('dump', 'latest', `${odd.source}/empty`)).toMatchObject({ code: 0, stdout: '' })
    const shown = ['bad-\\xff\\xe9A', 'red-\\x1b[31m\\x0aline', 'q"uote \\ back\\x41', 'größe 😀']
    for (const [at, name] of shown.entries()) {
      const { code, bytes } = await odd.holdfast('dump', '--host', 'bob', `latest:${odd.source}`, name)
      expect(code).toBe(0)
      expect(bytes.equals(ODD_NAMES[at] ?? Buffer.alloc(0))).toBe(true)
    }
  })

  it('writes to a file, and says so', async () => {
    const target = odd.file('target')
    writeFileSync(target, 'x'.repeat(9_000_000))
    const { code, stdout } = await odd.holdfast('dump', '--json', 'latest', `${odd.source}/folder/hard`, '-t', target)
    expect(code).toBe(0)
    expect(jsonLines(stdout)).toMatchObject([{ message_type: 'summary', bytes: 5_000_000, target }])
    expect(readFileSync(target).equals(readFileSync(join(odd.source, 'random')))).toBe(true)
  })

  it('waits for whoever reads, and gives all of it', async () => {
    const child = startHoldfast(['repo', 'dump', 'latest', `${odd.source}/folder/copy`], { env: odd.env })
    await new Promise((resolve) => child.stdout.once('readable', resolve))
    // It has far more to say than a pipe holds: it is still there however long nobody reads.
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(child.exitCode).toBeNull()
    const rest = ended(child)
    const { code, bytes } = await rest
    expect(code).toBe(0)
    expect(bytes.equals(readFileSync(join(odd.source, 'random')))).toBe(true)
  })

  it.each([
    ['/folder/link', 'is a symbolic link to ../random', 'Name the file'],
    ['/folder/nothing', 'has no ', 'repo ls'],
    ['/random/below', 'has no ', 'repo ls'],
  ])('writes nothing for %j, and says why', async (path, why, next) => {
    const { code, stdout, stderr } = await odd.holdfast('dump', 'latest', '--host', 'bob', `${odd.source}${path}`)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(why)
    expect(stderr).toContain(next)
  })

  it('ends where a piece is damaged: what came before is right, the error names the file', async () => {
    const copy = odd.file('damaged')
    execFileSync('cp', ['-a', odd.path, copy])
    const packs = readdirSync(join(copy, 'data'), { recursive: true })
      .map((name) => join(copy, 'data', String(name)))
      .filter((path) => statSync(path).isFile())
      .toSorted((left, right) => statSync(right).size - statSync(left).size)
    const [largest = ''] = packs
    const whole = statSync(largest).size
    truncateSync(largest, Math.trunc(whole * 0.6))
    const { code, bytes, stderr } = await odd.holdfast('dump', '-r', copy, 'latest', `${odd.source}/folder/copy`)
    expect(code).toBe(1)
    const original = readFileSync(join(odd.source, 'random'))
    expect(bytes.length).toBeLessThan(original.length)
    expect(bytes.equals(original.subarray(0, bytes.length))).toBe(true)
    expect(stderr).toContain(`/folder/copy ends after ${bytes.length} of 5000000 bytes`)
    expect(stderr).toContain('holdfast repo check')
  })
})
